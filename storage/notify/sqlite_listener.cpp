#include "storage/notify/sqlite_listener.hpp"

#include "storage/db/sqlite.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace millrace::storage {
namespace {

using namespace std::chrono_literals;

constexpr auto far_away = std::chrono::steady_clock::time_point::max();
/// At most one change is told in this time, however often the WAL is written.
constexpr auto pause_between = 1ms;
/// A commit that takes longer to be seen is found by polling.
constexpr auto commit_patience = 200ms;

}  // namespace

sqlite_listener::sqlite_listener(const database_settings& settings) : url_(settings.url) {}

news sqlite_listener::wait() {
  if (!listening_)
    return listen();
  while (!stop_.is_given()) {
    stop_.wait_until(told_ + pause_between);
    const auto next = next_look();
    const bool ready = stop_.wait_for(events_.get(), POLLIN, next.value_or(far_away));
    const bool is_new = ready && read_events();
    const auto now = clock::now();
    if (is_new)
      written_ = now;
    else if (!next || now < *next)
      continue;
    told_ = now;
    return {};
  }
  return {news::kind::stopped};
}

/// A commit is written, then made durable, and only then can others see it; of that last step no
/// listener is told. So one change is told of again and again, at growing distances, until it can
/// surely be seen.
std::optional<sqlite_listener::clock::time_point> sqlite_listener::next_look() const {
  if (!written_ || told_ - *written_ > commit_patience)
    return std::nullopt;
  return told_ + std::max<clock::duration>((told_ - *written_) / 4, pause_between);
}

news sqlite_listener::listen() {
  listening_ = true;
  std::error_code failure;
  // SQLite follows links to the database, and puts the WAL beside what they lead to.
  const auto path = std::filesystem::weakly_canonical(sqlite::path_of(url_), failure);
  wal_ = path.filename().string() + "-wal";
  events_ = unique_fd{::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
  if (!failure && events_ &&
      ::inotify_add_watch(events_.get(), path.parent_path().c_str(),
                          IN_MODIFY | IN_MOVED_TO | IN_ONLYDIR) >= 0)
    return {};
  const auto why = failure ? failure : std::error_code{errno, std::generic_category()};
  events_ = unique_fd{};
  return {
      news::kind::nothing_heard,
      fmt::format("cannot watch {} with inotify: {}", path.parent_path().string(), why.message()),
      "raise fs.inotify.max_user_instances or max_user_watches; until then commits of other "
      "processes are found by polling"};
}

/// Reads what inotify has gathered; whether the WAL was among it.
bool sqlite_listener::read_events() {
  bool found = false;
  alignas(inotify_event) std::array<char, 4096> buffer{};
  for (;;) {
    const auto size = ::read(events_.get(), buffer.data(), buffer.size());
    if (size <= 0)
      return found;
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event one{};
      std::memcpy(&one, buffer.data() + at, sizeof(one));
      const std::string_view name{one.len > 0 ? buffer.data() + at + sizeof(one) : ""};
      // The queue overflows under a flood of events: the WAL's may be among those that were lost.
      found = found || name == wal_ || (one.mask & IN_Q_OVERFLOW) != 0;
      at += sizeof(one) + one.len;
    }
  }
}

}  // namespace millrace::storage
