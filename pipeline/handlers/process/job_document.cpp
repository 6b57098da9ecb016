#include "pipeline/handlers/process/job_document.hpp"

#include "base/iso8601.hpp"
#include "base/json/json_text.hpp"
#include "pipeline/child_job.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

namespace millrace::pipeline::external {
namespace {

using nlohmann::json;

void append_text(std::string& to, const std::string& text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c < '\x7F' && c != '"' && c != '\\';
  });
  if (plain)
    to.append(1, '"').append(text).append(1, '"');
  else
    to += json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

void append_texts(std::string& to, const std::vector<std::string>& all) {
  to += '[';
  for (const auto& one : all) {
    if (&one != &all.front())
      to += ',';
    append_text(to, one);
  }
  to += ']';
}

/// As it came. Line ends may stand between the tokens of a document, and nowhere else.
void append_document(std::string& to, const std::string& document) {
  if (document.empty()) {
    to += "null";
  } else if (is_json(document)) {
    const auto begin = to.size();
    to += document;
    std::replace_if(
        to.begin() + static_cast<std::ptrdiff_t>(begin), to.end(),
        [](char c) { return c == '\n' || c == '\r'; }, ' ');
  } else {
    append_text(to, document);
  }
}

void append_children(std::string& to, const family& all) {
  to += R"(,"children":[)";
  for (const auto& one : all.children) {
    if (&one != &all.children.front())
      to += ',';
    fmt::format_to(std::back_inserter(to), R"({{"id":{},"state":"{}","code":)", one.id,
                   one.state ? to_string(*one.state) : "deleted");
    append_text(to, one.code);
    to += R"(,"output":)";
    append_document(to, one.output);
    if (one.output_left_out)
      to += R"(,"output_left_out":true)";
    to += '}';
  }
  to += ']';
}

}  // namespace

void append_job(std::string& to, const job& what, const place& where, time_point deadline) {
  fmt::format_to(
      std::back_inserter(to),
      R"({{"id":{},"epoch":{},"attempt":{},"max_attempts":{},"pipeline":"{}","stage":"{}",)"
      R"("deadline":"{}","correlation_id":)",
      what.id, what.epoch, what.attempt + 1, where.stage.max_attempts, where.pipeline,
      where.stage.name, to_iso8601(deadline));
  append_text(to, what.correlation_id);
  to += R"(,"tenant":)";
  append_text(to, what.tenant);
  fmt::format_to(std::back_inserter(to), R"(,"priority":{},"tags":)", what.priority);
  append_texts(to, what.tags);
  to += R"(,"payload":)";
  append_document(to, what.payload);
  to += R"(,"input":)";
  append_document(to, what.output);
  if (!what.traceparent.empty())
    fmt::format_to(std::back_inserter(to), R"(,"traceparent":"{}")", what.traceparent);
  if (what.parent != 0)
    fmt::format_to(std::back_inserter(to), R"(,"parent":{})", what.parent);
  if (what.children)
    append_children(to, *what.children);
  to += '}';
}

}  // namespace millrace::pipeline::external
