#include "pipeline/external/answer.hpp"

#include "pipeline/codes.hpp"
#include "pipeline/family.hpp"
#include "pipeline/has_nul.hpp"
#include "pipeline/one_line.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <utility>

namespace millrace::pipeline::external {
namespace {

using nlohmann::json;

constexpr std::size_t longest_why = 1000;
/// Who reads JSON recursively must not run out of stack.
constexpr int deepest = 200;
constexpr double longest_wait_s = 365 * 24 * 3600.0;

/// Thrown and caught in this file.
struct bad_answer {
  std::string why;
};

void require(bool holds, const char* why) {
  if (!holds)
    throw bad_answer{why};
}

/// The same about a member of the document.
void require(bool holds, const char* name, const char* why) {
  if (!holds)
    throw bad_answer{fmt::format("\"{}\" {}", name, why)};
}

bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else
        in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > deepest)
        return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

void allow_only(const json& in, const char* what, std::initializer_list<std::string_view> known) {
  for (const auto& [key, unused] : in.items())
    if (std::find(known.begin(), known.end(), key) == known.end())
      throw bad_answer{fmt::format("{} does not know \"{}\"", what, one_line(key, 40))};
}

std::string text_of(const json& in, const char* name) {
  const auto at = in.find(name);
  if (at == in.end() || at->is_null())
    return {};
  require(at->is_string(), name, "is not a string");
  return one_line(at->get_ref<const std::string&>(), longest_why);
}

std::string code_of(const json& in) {
  auto code = text_of(in, "code");
  if (code.empty())
    return std::string{codes::HANDLER_FAILED};
  const bool plain = code.size() <= 64 && std::all_of(code.begin(), code.end(), [](char c) {
                       return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
                     });
  require(plain, "code", "is not 1 to 64 upper-case letters, digits and `_`");
  return code;
}

std::optional<duration> seconds_of(const json& in, const char* name) {
  const auto at = in.find(name);
  if (at == in.end() || at->is_null())
    return std::nullopt;
  const auto seconds = at->is_number() ? at->get<double>() : -1;
  require(seconds >= 0 && seconds <= longest_wait_s, name,
          "is not a number of seconds, a year at most");
  return duration{std::llround(seconds * 1e6)};
}

const json& object(const json& value, const char* name) {
  require(value.is_object(), name, "is not an object");
  return value;
}

outcome read_retry(const json& value) {
  allow_only(object(value, "retry"), "retry", {"code", "why", "after"});
  return retry{code_of(value), text_of(value, "why"), seconds_of(value, "after")};
}

outcome read_snooze(const json& value, time_point now) {
  allow_only(object(value, "snooze"), "snooze", {"for", "why"});
  const auto length = seconds_of(value, "for");
  require(length.has_value(), "snooze", "says no \"for\"");
  return snooze{now + *length, text_of(value, "why")};
}

outcome read_reject(const json& value) {
  allow_only(object(value, "reject"), "reject", {"code", "why"});
  return reject{code_of(value), text_of(value, "why")};
}

new_child read_child(const json& value) {
  allow_only(object(value, "a child"), "a child", {"pipeline", "payload", "priority"});
  new_child one{.pipeline = text_of(value, "pipeline")};
  require(!one.pipeline.empty(), "a child", "names no \"pipeline\"");
  if (const auto at = value.find("payload"); at != value.end() && !at->is_null()) {
    one.payload = at->dump();
    require(!has_nul(one.payload), "payload",
            "has a NUL character (\\u0000), which cannot be stored");
  }
  if (const auto at = value.find("priority"); at != value.end() && !at->is_null()) {
    using limits = std::numeric_limits<int>;
    require(at->is_number_integer() && *at >= limits::min() && *at <= limits::max(), "priority",
            "is not a whole number of 32 bits");
    one.priority = at->get<int>();
  }
  return one;
}

/// Adds the children that stand beside an advance.
void read_children(const json& value, outcome& into) {
  require(value.is_array(), "children", "is not a list");
  effects::make_children made;
  for (const auto& one : value)
    made.jobs.push_back(read_child(one));
  // An output that cannot be kept has become a reject.
  if (auto* moved = std::get_if<advance>(&into))
    moved->effects.emplace_back(std::move(made));
}

progress read_progress(const json& document) {
  const auto& percent = document.at("progress");
  if (percent.is_null())
    return {std::nullopt, text_of(document, "message")};
  require(percent.is_number() && percent.get<double>() >= 0 && percent.get<double>() <= 100,
          "progress", "is not a number from 0 to 100");
  return {percent.get<double>(), text_of(document, "message")};
}

answer read(const json& document, time_point now) {
  require(document.is_object(), "it is not a JSON object");
  constexpr std::array verbs{"advance", "retry", "snooze", "reject", "progress"};
  const auto count = std::count_if(verbs.begin(), verbs.end(),
                                   [&](const char* one) { return document.contains(one); });
  require(count == 1, "it has not exactly one of advance, retry, snooze, reject and progress");
  answer made;
  if (const auto id = document.find("id"); id != document.end()) {
    require(id->is_number_integer(), "id", "is not a whole number");
    made.id = id->get<job_id>();
  }
  if (document.contains("progress")) {
    allow_only(document, "progress", {"id", "progress", "message"});
    made.what = read_progress(document);
    return made;
  }
  allow_only(document, "an answer", {"id", "advance", "children", "retry", "snooze", "reject"});
  const auto children = document.find("children");
  require(children == document.end() || document.contains("advance"), "children",
          "goes with \"advance\" only");
  if (const auto at = document.find("advance"); at != document.end()) {
    auto moved = at->is_null() ? outcome{advance{}} : advance_with(at->dump());
    if (children != document.end())
      read_children(*children, moved);
    made.what = std::move(moved);
  } else if (const auto again = document.find("retry"); again != document.end()) {
    made.what = read_retry(*again);
  } else if (const auto later = document.find("snooze"); later != document.end()) {
    made.what = read_snooze(*later, now);
  } else {
    made.what = read_reject(document.at("reject"));
  }
  return made;
}

}  // namespace

outcome advance_with(std::string output) {
  if (output.size() > max_output)
    return reject{
        std::string{codes::HANDLER_OUTPUT_TOO_LARGE},
        fmt::format("the output has {} bytes, {} are allowed", output.size(), max_output)};
  if (has_nul(output))
    return reject{std::string{codes::HANDLER_ANSWER},
                  "the output has a NUL character (\\u0000), which cannot be stored"};
  return advance{{effects::write_output{std::move(output)}}, {}};
}

outcome advance_with_text(std::string_view text) {
  const auto document = is_too_deep(text) ? json(json::value_t::discarded)
                                          : json::parse(text, nullptr, /*allow_exceptions=*/false);
  return document.is_discarded() || document.is_null() ? outcome{advance{}}
                                                       : advance_with(document.dump());
}

std::variant<answer, unusable> parse_answer(std::string_view text, time_point now) {
  const auto refuse = [&](std::string_view why) {
    return unusable{fmt::format("{}: {}", why, one_line(text.substr(0, 200), 100))};
  };
  if (is_too_deep(text))
    return refuse(fmt::format("it is nested deeper than {}", deepest));
  const auto document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded())
    return refuse("it is not JSON");
  try {
    return read(document, now);
  } catch (const bad_answer& bad) {
    return refuse(bad.why);
  }
}

}  // namespace millrace::pipeline::external
