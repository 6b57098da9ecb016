#include "app/settings/sources.hpp"
#include "base/secrets.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

namespace millrace::app {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// The text before a comment. `;` and `#` inside a word, or between two of these quotes, are part
/// of it.
std::string_view without_comment(std::string_view text, std::string_view quotes = "\"") {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quotes.find(text[i]) != quotes.npos) {
      const auto close = text.find(text[i], i + 1);
      i = close == text.npos ? i : close;
    } else if ((text[i] == ';' || text[i] == '#') &&
               (i == 0 || blanks.find(text[i - 1]) != blanks.npos)) {
      return trim(text.substr(0, i));
    }
  }
  return trim(text);
}

/// Reads line by line and remembers the section.
class ini_reader {
 public:
  ini_reader(std::string_view name, const fault_policy& faults) : name_{name}, faults_{faults} {}

  void read(std::string_view line) {
    ++line_;
    line = trim(line);
    if (without_comment(line).empty())
      return;
    faults_.attempt([&] {
      if (line.front() == '[')
        begin_section(without_comment(line));
      else
        read_setting(line);
    });
  }

  std::vector<entry> take() { return std::move(entries_); }

 private:
  void begin_section(std::string_view line) {
    if (line.back() != ']')
      fail("the section's name does not end with ]", "write [section]");
    section_ = trim(line.substr(1, line.size() - 2));
    if (section_.empty())
      fail("the section has no name", "write [section]");
  }

  void read_setting(std::string_view line) {
    const auto equals = line.find('=');
    const auto key = trim(line.substr(0, equals));
    if (equals == std::string_view::npos || key.empty())
      fail(fmt::format("`{}` is neither a section nor a setting", without_secrets(line)),
           "write key = value");
    entries_.push_back({section_.empty() ? std::string{key} : fmt::format("{}.{}", section_, key),
                        read_value(key, trim(line.substr(equals + 1))),
                        fmt::format("{}:{}", name_, line_)});
  }

  std::string read_value(std::string_view key, std::string_view text) const {
    if (!text.starts_with('"'))
      return std::string{key == "handler" || key.ends_with(".handler") ? read_command(text)
                                                                       : without_comment(text)};
    const auto close = text.find('"', 1);
    if (close == std::string_view::npos || !without_comment(text.substr(close + 1)).empty())
      fail(fmt::format("`{}` does not end with its quote", text), "write key = \"value\"");
    return std::string{text.substr(1, close - 1)};
  }

  /// A command may well have a `#` of its own: it is not guessed where it ends.
  std::string_view read_command(std::string_view text) const {
    if (without_comment(text, "\"'") != text)
      fail(fmt::format("`{}` has a ; or # behind a space, where a comment would begin", text),
           "put the whole command in double quotes, or the comment on a line of its own");
    return text;
  }

  [[noreturn]] void fail(std::string why, std::string next) const {
    throw bad_setting(fmt::format("{}:{}", name_, line_), std::move(why), std::move(next));
  }

  std::string name_;
  const fault_policy& faults_;
  int line_ = 0;
  std::string section_;
  std::vector<entry> entries_;
};

}  // namespace

std::vector<entry> parse_ini(std::string_view text, std::string_view name,
                             const fault_policy& faults) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark))
    text.remove_prefix(byte_order_mark.size());
  ini_reader reader{name, faults};
  while (!text.empty()) {
    const auto end = text.find('\n');
    reader.read(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return reader.take();
}

std::vector<entry> read_ini(const std::filesystem::path& file, const fault_policy& faults) {
  const auto fail = [&](const std::string& why) {
    throw bad_usage(fmt::format("cannot read the configuration {}", file.string()), why,
                    "name an .ini file with --config");
  };
  // Opening a folder succeeds.
  std::error_code unknown;
  if (std::filesystem::is_directory(file, unknown))
    fail("it is a folder");
  std::ifstream in{file, std::ios::binary};
  if (!in)
    fail(std::strerror(errno));
  return parse_ini(std::string{std::istreambuf_iterator<char>{in}, {}}, file.string(), faults);
}

}  // namespace millrace::app
