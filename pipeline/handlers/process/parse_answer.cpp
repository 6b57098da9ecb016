#include "pipeline/handlers/process/parse_answer.hpp"

#include "base/bounds.hpp"
#include "base/duration.hpp"
#include "base/has_nul.hpp"
#include "base/json/json_text.hpp"
#include "base/text_line.hpp"
#include "pipeline/child_job.hpp"
#include "pipeline/codes.hpp"
#include "pipeline/handlers/process/read_made_job.hpp"
#include "pipeline/job_fields.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace millrace::pipeline::external {
namespace {

using nlohmann::json;

constexpr std::size_t longest_why = 1000;

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

/// The members of an object, each parsed only where it is looked at; of doubles the last counts.
class members {
 public:
  members(std::string_view object, const char* what) : all_{members_of(object)}, what_{what} {}

  void allow_only(std::initializer_list<std::string_view> known) const {
    for (const auto& one : all_)
      if (std::find(known.begin(), known.end(), one.name) == known.end())
        throw bad_answer{fmt::format("{} does not know \"{}\"", what_, one_line(one.name, 40))};
  }

  bool has(std::string_view name) const { return find(name).has_value(); }

  /// As it stands in the text.
  std::optional<std::string_view> find(std::string_view name) const {
    const auto at =
        std::find_if(all_.rbegin(), all_.rend(), [&](const auto& one) { return one.name == name; });
    return at == all_.rend() ? std::nullopt : std::optional{at->value};
  }

  /// The same, but `null` counts as not there.
  std::optional<std::string_view> value(std::string_view name) const {
    const auto found = find(name);
    return found == "null" ? std::nullopt : found;
  }

  json parsed(std::string_view name) const {
    const auto found = find(name);
    return found ? json::parse(*found) : json();
  }

 private:
  std::vector<json_member> all_;
  const char* what_;
};

std::string text_of(const members& in, const char* name) {
  const auto value = in.parsed(name);
  if (value.is_null())
    return {};
  require(value.is_string(), name, "is not a string");
  return one_line(value.get_ref<const std::string&>(), longest_why);
}

std::string code_of(const members& in) {
  auto code = text_of(in, "code");
  if (code.empty())
    return std::string{codes::HANDLER_FAILED};
  const bool plain = code.size() <= 64 && std::all_of(code.begin(), code.end(), [](char c) {
                       return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
                     });
  require(plain, "code", "is not 1 to 64 upper-case letters, digits and `_`");
  return code;
}

/// A wait in seconds. One longer than is allowed is taken as the longest, which `why` says then: an
/// attempt must not be lost for it.
std::optional<duration> wait_of(const members& in, const char* name, std::string& why) {
  const auto value = in.parsed(name);
  if (value.is_null())
    return std::nullopt;
  const auto seconds = value.is_number() ? value.get<double>() : -1;
  require(seconds >= 0, name, "is not a number of seconds");
  const auto wait = bounded_seconds(seconds, bounds::longest_wait);
  if (wait.is_cut)
    why = fmt::format("{}{}(\"{}\" is {:g} s, taken as {})", why, why.empty() ? "" : " ", name,
                      seconds, format_duration(wait.length));
  return wait.length;
}

members object(std::string_view text, const char* name, const char* what) {
  require(text.starts_with('{'), name, "is not an object");
  return {text, what};
}

outcome read_retry(std::string_view text) {
  const auto said = object(text, "retry", "retry");
  said.allow_only({"code", "why", "after"});
  retry read{code_of(said), text_of(said, "why")};
  read.after = wait_of(said, "after", read.why);
  return read;
}

outcome read_snooze(std::string_view text, time_point now) {
  const auto said = object(text, "snooze", "snooze");
  said.allow_only({"for", "why"});
  snooze read{now, text_of(said, "why")};
  const auto length = wait_of(said, "for", read.why);
  require(length.has_value(), "snooze", "says no \"for\"");
  read.until += *length;
  return read;
}

outcome read_reject(std::string_view text) {
  const auto said = object(text, "reject", "reject");
  said.allow_only({"code", "why"});
  return reject{code_of(said), text_of(said, "why")};
}

new_child read_child(std::string_view text) {
  const auto said = object(text, "a child", "a child");
  said.allow_only({"pipeline", "payload", "priority"});
  new_child one{.pipeline = text_of(said, "pipeline")};
  require(!one.pipeline.empty(), "a child", "names no \"pipeline\"");
  if (const auto payload = said.value("payload")) {
    one.payload = *payload;
    require(!has_nul(one.payload), "payload",
            "has a NUL character (\\u0000), which cannot be stored");
  }
  if (const auto priority = said.parsed("priority"); !priority.is_null()) {
    one.priority = small_number(priority);
    require(one.priority.has_value(), "priority", "is not a whole number of 32 bits");
  }
  return one;
}

/// Adds the children that stand beside an advance.
void read_children(std::string_view text, outcome& into) {
  require(text.starts_with('['), "children", "is not a list");
  effects::make_children made;
  for (const auto one : elements_of(text))
    made.jobs.push_back(read_child(one));
  // An output that cannot be kept has become a reject.
  if (auto* moved = std::get_if<advance>(&into))
    moved->effects.emplace_back(std::move(made));
}

/// Adds the jobs that stand beside an advance.
void read_jobs(std::string_view text, time_point now, outcome& into) {
  require(text.starts_with('['), "jobs", "is not a list");
  effects::make_jobs made;
  try {
    for (const auto one : elements_of(text))
      made.jobs.push_back(read_made_job(one, now));
  } catch (const bad_field& wrong) {
    throw bad_answer{fmt::format("of \"jobs\" one cannot be made: {}", wrong.what())};
  }
  if (auto* moved = std::get_if<advance>(&into))
    moved->effects.emplace_back(std::move(made));
}

progress read_progress(const members& said) {
  const auto percent = said.parsed("progress");
  if (percent.is_null())
    return {std::nullopt, text_of(said, "message")};
  require(percent.is_number() && percent.get<double>() >= 0 && percent.get<double>() <= 100,
          "progress", "is not a number from 0 to 100");
  return {percent.get<double>(), text_of(said, "message")};
}

outcome read_outcome(const members& said, time_point now) {
  const auto children = said.find("children");
  require(!children || said.has("advance"), "children", "goes with \"advance\" only");
  const auto jobs = said.find("jobs");
  require(!jobs || said.has("advance"), "jobs", "goes with \"advance\" only");
  if (const auto again = said.find("retry"))
    return read_retry(*again);
  if (const auto later = said.find("snooze"))
    return read_snooze(*later, now);
  if (const auto no = said.find("reject"))
    return read_reject(*no);
  const auto output = said.value("advance");
  auto moved = output ? advance_with(std::string{*output}) : outcome{advance{}};
  if (children)
    read_children(*children, moved);
  if (jobs)
    read_jobs(*jobs, now, moved);
  return moved;
}

answer read(std::string_view text, time_point now) {
  require(text.starts_with('{'), "it is not a JSON object");
  const members said{text, "an answer"};
  constexpr std::array verbs{"advance", "retry", "snooze", "reject", "progress"};
  const auto count =
      std::count_if(verbs.begin(), verbs.end(), [&](const char* one) { return said.has(one); });
  require(count == 1, "it has not exactly one of advance, retry, snooze, reject and progress");
  answer made;
  if (said.has("id")) {
    const auto id = said.parsed("id");
    require(id.is_number_integer(), "id", "is not a whole number");
    made.id = id.get<job_id>();
  }
  if (said.has("progress")) {
    const members report{text, "progress"};
    report.allow_only({"id", "progress", "message"});
    made.what = read_progress(report);
  } else {
    said.allow_only({"id", "advance", "children", "jobs", "retry", "snooze", "reject"});
    made.what = read_outcome(said, now);
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
  const auto document = without_blanks(text);
  if (document.empty() || document == "null")
    return advance{};
  if (auto why = trouble_in_json(document, {.nul = true})) {
    if (!looks_like_json(document))
      return advance{};
    return retry{std::string{codes::HANDLER_ANSWER},
                 fmt::format("its output cannot be used, because {}: {}", *why,
                             one_line(document.substr(0, 200), 100)),
                 std::nullopt};
  }
  return advance_with(std::string{document});
}

bool is_plain_text(std::string_view text) {
  const auto document = without_blanks(text);
  return !document.empty() && !is_json(document) && !looks_like_json(document);
}

namespace {

std::variant<answer, unusable> read_whole(std::string_view text, time_point now) {
  const auto refuse = [&](std::string_view why) {
    return unusable{fmt::format("{}: {}", why, one_line(text.substr(0, 200), 100))};
  };
  // A NUL in an output is the job's fault alone; see advance_with().
  if (const auto why = trouble_in_json(text, {.nul = true}))
    return refuse(*why);
  try {
    return read(without_blanks(text), now);
  } catch (const bad_answer& bad) {
    return refuse(bad.why);
  }
}

bool is_advance(const answer& made) {
  const auto* what = std::get_if<outcome>(&made.what);
  return what != nullptr && std::holds_alternative<advance>(*what);
}

}  // namespace

std::variant<answer, unusable> parse_answer(std::string_view text, time_point now) {
  auto made = read_whole(text, now);
  if (std::holds_alternative<answer>(made))
    return made;
  // A failure counts, and how far a job is, although a character of the reason is broken.
  if (const auto whole = with_whole_characters(text); whole != text) {
    auto mended = read_whole(whole, now);
    if (const auto* read = std::get_if<answer>(&mended); read != nullptr && !is_advance(*read))
      return mended;
  }
  return made;
}

bool names_job(std::string_view text, job_id job) {
  const auto pass = [&](std::string_view piece) {
    text = without_blanks(text);
    const bool there = text.starts_with(piece);
    text.remove_prefix(there ? piece.size() : 0);
    return there;
  };
  return pass("{") && pass("\"id\"") && pass(":") && pass(std::to_string(job)) &&
         (text.empty() || text.front() < '0' || text.front() > '9');
}

}  // namespace millrace::pipeline::external
