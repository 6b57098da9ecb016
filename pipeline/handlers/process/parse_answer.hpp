#pragma once

#include "pipeline/job.hpp"
#include "pipeline/outcome.hpp"
#include "pipeline/progress.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// What a handler outside of this process answers: one JSON document.
namespace millrace::pipeline::external {

/// What a stage may return, as JSON in bytes.
inline constexpr std::size_t max_output = std::size_t{1} << 20;
/// What it may answer in all: the output, its children and other jobs.
inline constexpr std::size_t max_answer = std::size_t{16} << 20;
/// A longer text is an answer that makes jobs, or none.
inline constexpr std::size_t max_plain_answer = max_output + 65536;

struct answer {
  /// Of the job; nothing when the answer does not say.
  std::optional<job_id> id;
  std::variant<outcome, progress> what;
};

/// The text is no answer; in words for the job's history.
struct unusable {
  std::string why;
};

/// Reads an answer:
///   {"id": 17, "advance": OUTPUT}                                  null for no output
///   {"id": 17, "advance": OUTPUT, "children": [{"pipeline": "page", "payload": ..., "priority":
///   1}]}
///   {"id": 17, "advance": OUTPUT, "jobs": [...]}                    see read_made_job.hpp
///   {"id": 17, "retry": {"code": "X", "why": "...", "after": 30}}    all of them optional; seconds
///   {"id": 17, "snooze": {"for": 60, "why": "..."}}                 seconds
///   {"id": 17, "reject": {"code": "X", "why": "..."}}               all of them optional
///   {"id": 17, "progress": 40, "message": "..."}                    percent, or null; message
///                                                                   optional
/// Whatever else stands in it makes it unusable. Half of a character, or a byte that is no UTF-8,
/// in what a failure or a progress says is read as U+FFFD. An output that is too large, or has a
/// NUL in it, is a reject.
std::variant<answer, unusable> parse_answer(std::string_view text, time_point now);

/// Whether the line begins as an answer for that job, however it goes on.
bool names_job(std::string_view text, job_id job);

/// advance with what a command printed as its output; without one where that is nothing, `null` or
/// plain text. What was meant to be JSON and is not is a retry that says why (HANDLER_ANSWER).
outcome advance_with_text(std::string_view text);

/// Whether what a command printed is neither JSON nor meant to be: then it is dropped.
bool is_plain_text(std::string_view text);

/// advance with this JSON document as the stage's output, or the reject of one that cannot be kept.
outcome advance_with(std::string output);

}  // namespace millrace::pipeline::external
