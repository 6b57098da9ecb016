#include "actors/inspector/server/responses.hpp"

#include "actors/inspector/protocol/json_codec.hpp"
#include "base/check.hpp"

#include <unistd.h>

namespace millrace::actors {

response_queue::response_queue() : bell_{make_eventfd()} {}

void response_queue::put(std::uint64_t session, std::string text) {
  {
    const std::scoped_lock guard{mutex_};
    lines_.push_back({session, std::move(text)});
  }
  wake();
}

void response_queue::wake() {
  const std::uint64_t one = 1;
  MILLRACE_CHECK(::write(bell_.get(), &one, sizeof(one)) == sizeof(one));
}

std::vector<response_queue::line> response_queue::take() {
  std::uint64_t rung = 0;
  // Nothing to read is no failure: it may have been read for an earlier line.
  [[maybe_unused]] const auto got = ::read(bell_.get(), &rung, sizeof(rung));
  const std::scoped_lock guard{mutex_};
  return std::exchange(lines_, {});
}

response_handle::~response_handle() {
  if (!given_)
    to_->put(session_,
             failure_line("the inspector went before it answered: the runtime is ending, or "
                          "its log says why (ACTOR_CRASHED)"));
}

void response_handle::send(std::string line) {
  MILLRACE_CHECK(!given_);
  given_ = true;
  if (line.size() > answer_limit)
    line = failure_line("the answer is too long; ask for less, for example with --limit");
  to_->put(session_, std::move(line));
}

}  // namespace millrace::actors
