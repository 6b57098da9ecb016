#include "actors/gate.hpp"

#include "actors/greeting.hpp"
#include "actors/inspection.hpp"
#include "actors/local_address.hpp"
#include "pipeline/check.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace millrace::actors {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using storage::unique_fd;

constexpr auto patience = 10s;
constexpr std::size_t most_waiting = 128;
/// How long nobody is let in when the process has no file descriptor left.
constexpr auto rest = 100ms;

constexpr auto opening = "cannot open the inspector's socket";

unique_fd listen_at(const std::filesystem::path& path) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) == 0) {
    if (!S_ISSOCK(there.st_mode))
      throw storage::error{storage::error_kind::permanent, opening,
                           fmt::format("{} is there and is no socket", path.string()),
                           "move it away"};
    ::unlink(path.c_str());
  }
  const local_address address{path};
  unique_fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  // Before it has a name: nobody may come in between.
  if (!fd || ::fchmod(fd.get(), 0600) != 0 ||
      ::bind(fd.get(), address.get(), address.size()) != 0 || ::listen(fd.get(), SOMAXCONN) != 0)
    throw storage::file_error(opening, path, errno);
  return fd;
}

bool may_enter(int connection) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  return ::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         (peer.uid == ::geteuid() || peer.uid == 0);
}

/// Who has connected and not greeted yet.
struct stranger {
  unique_fd connection;
  clock::time_point until;
  std::string said;
};

}  // namespace

std::filesystem::path inspector_socket(const std::filesystem::path& data_dir) {
  return data_dir / "inspector.sock";
}

struct gate::doorkeeper {
  std::filesystem::path path;
  std::string own_greeting;
  unique_fd listener;
  unique_fd wake{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::vector<stranger> waiting;
  clock::time_point rests_until{};

  std::mutex mutex;
  unique_fd passage;
  bool stopping = false;

  std::thread thread;

  void serve() {
    while (!is_stopping()) {
      std::vector<pollfd> watched{{wake.get(), POLLIN, 0}};
      const bool rests = clock::now() < rests_until;
      watched.push_back({rests ? -1 : listener.get(), POLLIN, 0});
      for (const auto& one : waiting)
        watched.push_back({one.connection.get(), POLLIN, 0});
      ::poll(watched.data(), watched.size(), patience_left(rests));
      // From the end, for those who are done with are taken out.
      for (auto i = waiting.size(); i-- > 0;)
        if (is_done_with(waiting[i], watched[i + 2].revents != 0))
          waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
      if (watched[1].revents != 0)
        let_in();
    }
  }

  unique_fd make_passage() {
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
      throw storage::file_error(opening, path, errno);
    const std::scoped_lock guard{mutex};
    passage = unique_fd{ends[0]};
    return unique_fd{ends[1]};
  }

  void stop() {
    {
      const std::scoped_lock guard{mutex};
      stopping = true;
    }
    const std::uint64_t one = 1;
    MILLRACE_CHECK(::write(wake.get(), &one, sizeof(one)) == sizeof(one));
    thread.join();
  }

 private:
  bool is_stopping() {
    const std::scoped_lock guard{mutex};
    return stopping;
  }

  /// Milliseconds; -1 when there is nothing to wait for but somebody who comes.
  int patience_left(bool rests) const {
    if (waiting.empty() && !rests)
      return -1;
    auto next = rests ? rests_until : clock::time_point::max();
    for (const auto& one : waiting)
      next = std::min(next, one.until);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - clock::now());
    return static_cast<int>(std::max(left, 0ms).count());
  }

  void let_in() {
    for (;;) {
      unique_fd come{::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
      if (!come) {
        if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
          rests_until = clock::now() + rest;
        return;
      }
      if (!may_enter(come.get()))
        continue;
      // Whoever has waited longest makes room.
      if (waiting.size() == most_waiting)
        waiting.erase(waiting.begin());
      waiting.push_back({std::move(come), clock::now() + patience, {}});
    }
  }

  bool is_done_with(stranger& who, bool spoke) {
    if (!spoke)
      return clock::now() >= who.until;
    std::array<char, greeting_limit> piece{};
    const auto got = ::recv(who.connection.get(), piece.data(), piece.size() - who.said.size(), 0);
    if (got <= 0)
      return got == 0 || errno != EAGAIN;
    who.said.append(piece.data(), static_cast<std::size_t>(got));
    // Nobody says more before he is answered.
    if (who.said.ends_with('\n')) {
      who.said.pop_back();
      if (const auto said = parse_greeting(who.said))
        answer(who, said->protocol);
      return true;
    }
    return !may_be_greeting(who.said);
  }

  void answer(stranger& who, int protocol) {
    const std::scoped_lock guard{mutex};
    if (!passage)
      return;
    const auto fd = who.connection.get();
    const auto size = static_cast<ssize_t>(own_greeting.size());
    if (::send(fd, own_greeting.data(), own_greeting.size(), MSG_NOSIGNAL) != size ||
        protocol != inspection_version)
      return;
    if (::send(passage.get(), &fd, sizeof(fd), MSG_NOSIGNAL) == sizeof(fd))
      who.connection.release();
  }
};

gate::gate(const std::filesystem::path& data_dir, const std::string& version)
    : doorkeeper_(std::make_unique<doorkeeper>()) {
  doorkeeper_->path = inspector_socket(data_dir);
  doorkeeper_->own_greeting = render(greeting{inspection_version, version});
  MILLRACE_CHECK(static_cast<bool>(doorkeeper_->wake));
  doorkeeper_->listener = listen_at(doorkeeper_->path);
  doorkeeper_->thread = std::thread{[keeper = doorkeeper_.get()] { keeper->serve(); }};
}

gate::~gate() {
  ::unlink(doorkeeper_->path.c_str());
  doorkeeper_->stop();
}

unique_fd gate::admissions() { return doorkeeper_->make_passage(); }

}  // namespace millrace::actors
