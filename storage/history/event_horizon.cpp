#include "storage/history/event_horizon.hpp"

#include "storage/history/job_queries.hpp"

namespace millrace::storage {
namespace {

std::set<std::string> open_event_writers(connection& on) {
  std::set<std::string> open;
  if (on.dialect() == dialect::postgres)
    on.prepared<std::string>("open_event_writers").each([&](const std::string& one) {
      open.insert(one);
    });
  return open;
}

}  // namespace

std::int64_t event_horizon::beyond(std::int64_t read) {
  if (read < horizon_)
    return horizon_;
  if (is_held_up()) {
    look_again();
    return horizon_;
  }
  // First the highest id, then the open transactions: each that took an id up to that one is among
  // them, or has ended.
  next_horizon_ = last_event_id(on_);
  if (next_horizon_ > read)
    writers_ = open_event_writers(on_);
  if (!is_held_up())
    horizon_ = next_horizon_;
  return horizon_;
}

void event_horizon::look_again() {
  const auto open = open_event_writers(on_);
  std::erase_if(writers_, [&](const auto& one) { return !open.contains(one); });
  if (!is_held_up())
    horizon_ = next_horizon_;
}

}  // namespace millrace::storage
