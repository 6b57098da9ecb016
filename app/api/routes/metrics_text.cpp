#include "app/api/routes/metrics_text.hpp"

#include <fmt/format.h>

#include <iterator>

namespace millrace::app::api {
namespace {

void add_escaped(std::string& to, std::string_view value) {
  for (const char c : value) {
    if (c == '\n') {
      to += "\\n";
      continue;
    }
    if (c == '"' || c == '\\')
      to += '\\';
    to += c;
  }
}

}  // namespace

void metrics_text::family(std::string_view name, std::string_view type, std::string_view help) {
  family_ = name;
  fmt::format_to(std::back_inserter(text_), "# TYPE {0} {1}\n# HELP {0} {2}\n", name, type, help);
}

void metrics_text::begin_sample(std::string_view suffix, labels with) {
  text_ += family_;
  text_ += suffix;
  char before = '{';
  for (const auto& [name, value] : with) {
    text_ += before;
    text_ += name;
    text_ += "=\"";
    add_escaped(text_, value);
    text_ += '"';
    before = ',';
  }
  text_ += with.size() > 0 ? "} " : " ";
}

void metrics_text::sample(std::string_view suffix, labels with, double value) {
  begin_sample(suffix, with);
  fmt::format_to(std::back_inserter(text_), "{}\n", value);
}

void metrics_text::sample(std::string_view suffix, labels with, std::int64_t value) {
  begin_sample(suffix, with);
  fmt::format_to(std::back_inserter(text_), "{}\n", value);
}

std::string metrics_text::finish() {
  text_ += "# EOF\n";
  return std::exchange(text_, {});
}

}  // namespace millrace::app::api
