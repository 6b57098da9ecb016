#include "base/os/stop_event.hpp"

#include <unistd.h>

#include <cstdint>

namespace millrace {

stop_event::stop_event(const std::stop_token& stop)
    : event_{make_eventfd()}, on_stop_{stop, [this] {
                                         const std::uint64_t one = 1;
                                         [[maybe_unused]] const auto written =
                                             ::write(event_.get(), &one, sizeof one);
                                       }} {}

}  // namespace millrace
