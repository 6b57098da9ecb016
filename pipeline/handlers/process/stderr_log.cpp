#include "pipeline/handlers/process/stderr_log.hpp"

#include "base/text_line.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::pipeline::external {

void error_log::hear(job_id job, std::string_view line, instant now) {
  constexpr std::size_t longest = 1000;
  if (now - second_ >= std::chrono::seconds{1}) {
    second_ = now;
    lines_ = 0;
    if (const auto dropped = std::exchange(dropped_, 0); dropped > 0)
      to_(0, fmt::format("{} lines more were not logged", dropped));
  }
  auto text = one_line(line, longest);
  if (text.find_first_not_of(' ') == std::string::npos)
    return;
  if (lines_ < lines_per_second) {
    ++lines_;
    to_(job, text);
  } else {
    ++dropped_;
  }
  last_ = std::move(text);
}

}  // namespace millrace::pipeline::external
