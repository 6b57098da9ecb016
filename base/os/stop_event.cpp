#include "base/os/stop_event.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace millrace::pipeline {
namespace {

descriptor make_event() {
  descriptor event{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!event.is_open())
    throw std::system_error{errno, std::generic_category(), "cannot make an eventfd"};
  return event;
}

}  // namespace

stop_event::stop_event(const std::stop_token& stop)
    : event_{make_event()}, on_stop_{stop, [this] {
                                       const std::uint64_t one = 1;
                                       [[maybe_unused]] const auto written =
                                           ::write(event_.get(), &one, sizeof one);
                                     }} {}

}  // namespace millrace::pipeline
