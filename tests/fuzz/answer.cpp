#include "base/has_nul.hpp"
#include "pipeline/handlers/process/job_document.hpp"
#include "pipeline/handlers/process/parse_answer.hpp"
#include "pipeline/handlers/process/split_words.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <variant>

using namespace millrace;
using namespace millrace::pipeline;

namespace {

constexpr time_point now{std::chrono::hours{480'000}};

void check_text(std::string_view text) {
  fuzz::expect(text.find('\0') == std::string_view::npos, "no NUL, which PostgreSQL cannot keep");
}

void check_progress(const progress& said) {
  check_text(said.message);
  fuzz::expect(!said.percent || (*said.percent >= 0 && *said.percent <= 100), "0 to 100 percent");
}

struct check_outcome {
  void operator()(const advance& one) const {
    for (const auto& effect : one.effects) {
      if (const auto* made = std::get_if<effects::make_children>(&effect)) {
        for (const auto& child : made->jobs)
          fuzz::expect(!child.pipeline.empty() && !has_nul(child.payload), "a child can be kept");
        continue;
      }
      if (const auto* made = std::get_if<effects::make_jobs>(&effect)) {
        for (const auto& job : made->jobs)
          fuzz::expect(!job.pipeline.empty() && !has_nul(job.payload), "a job can be kept");
        continue;
      }
      const auto& output = std::get<effects::write_output>(effect).json;
      fuzz::expect(nlohmann::json::accept(output) && !has_nul(output), "an output can be kept");
      fuzz::expect(output.size() <= external::max_output, "an output has a limit");
    }
  }
  void operator()(const retry& one) const {
    check_text(one.code);
    check_text(one.why);
    fuzz::expect(!one.after || *one.after >= duration{0}, "no retry in the past");
  }
  void operator()(const snooze& one) const {
    check_text(one.why);
    fuzz::expect(one.until >= now, "no snooze into the past");
  }
  void operator()(const reject& one) const {
    check_text(one.code);
    check_text(one.why);
  }
  template <class Other>
  void operator()(const Other&) const {
    fuzz::expect(false, "an answer is one of these");
  }
};

}  // namespace

/// A line of a handler's process is an answer that can be written, or it says what is wrong; and
/// what a process is told of a job is one line of JSON, whatever the payload.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const auto read = external::parse_answer(text, now);
  if (const auto* bad = std::get_if<external::unusable>(&read))
    fuzz::expect(!bad->why.empty(), "what is unusable says why");
  else if (const auto* said = std::get_if<outcome>(&std::get<external::answer>(read).what))
    std::visit(check_outcome{}, *said);
  else
    check_progress(std::get<progress>(std::get<external::answer>(read).what));
  std::visit(check_outcome{}, external::advance_with_text(text));

  std::string told;
  const std::string some{text};
  external::append_job(told, {.tenant = some, .tags = {some, some}, .payload = some}, {}, now);
  fuzz::expect(told.find('\n') == std::string::npos, "a job is told in one line");
  fuzz::expect(nlohmann::json::accept(told), "a job is told as JSON");
  (void)external::split_words(text);
  return 0;
}
