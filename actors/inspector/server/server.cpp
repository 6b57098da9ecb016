#include "actors/inspector/server/server.hpp"

#include "actors/inspector/protocol/handshake.hpp"
#include "actors/inspector/protocol/json_codec.hpp"
#include "actors/inspector/server/session.hpp"
#include "base/log.hpp"
#include "base/os/poll_timeout.hpp"
#include "base/os/user_name.hpp"
#include "base/text_line.hpp"
#include "net/listener.hpp"
#include "net/tls/tls_context.hpp"
#include "net/unix_address.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace millrace::actors {
namespace {

using clock = session::clock;

constexpr std::size_t most_strangers = 128;
constexpr std::size_t most_sessions = 32;

unique_fd listen_at(const std::filesystem::path& path) {
  constexpr auto opening = "cannot open the inspector's socket";
  struct stat there {};
  if (::lstat(path.c_str(), &there) == 0) {
    if (!S_ISSOCK(there.st_mode))
      throw millrace::error{opening, fmt::format("{} is there and is no socket", path.string()),
                            "move it away"};
    ::unlink(path.c_str());
  }
  const net::local_address address{path};
  unique_fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  // Before it has a name, so that no other user can connect in between.
  if (!fd || ::fchmod(fd.get(), 0600) != 0 ||
      ::bind(fd.get(), address.get(), address.size()) != 0 || ::listen(fd.get(), SOMAXCONN) != 0)
    throw net::socket_error(opening, path, errno);
  return fd;
}

/// The user at the other end of the socket; nothing where it is neither this user nor root.
std::optional<std::string> local_peer(int connection, const std::string& own_user) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
    return std::nullopt;
  if (peer.uid == ::geteuid())
    return own_user;
  return peer.uid == 0 ? std::optional<std::string>{"root"} : std::nullopt;
}

/// A peer's name is what its certificate or the kernel says; its own word stands beside that.
void sign(request& asked, const std::string& name) {
  const auto add = [&](std::string& by) {
    constexpr std::size_t longest = 100;
    by = one_line(by, longest);
    if (by.empty())
      by = name;
    else if (by != name)
      by = fmt::format("{} ({})", name, by);
  };
  if (auto* given = std::get_if<give_order>(&asked))
    add(given->order.by);
  else if (auto* back = std::get_if<send_back_dead>(&asked))
    add(back->by);
}

/// A way in.
struct endpoint {
  net::listener door;
  /// Null for a peer that must not come in.
  std::function<std::unique_ptr<net::stream>(unique_fd come)> admit;
};

std::vector<endpoint> open_endpoints(const inspector_server_settings& settings) {
  std::vector<endpoint> all;
  if (settings.listen) {
    const auto tls =
        std::make_shared<net::tls_context>(net::tls_context::server(settings.listen->files));
    all.push_back({net::listener{net::listen_at(settings.listen->at)},
                   [tls](unique_fd come) { return tls->wrap(std::move(come)); }});
  }
  // Looked up once: a name may come from a directory service, and the server must not wait for one.
  all.push_back({net::listener{listen_at(inspector_socket(settings.data_dir))},
                 [user = user_name(::geteuid())](unique_fd come) -> std::unique_ptr<net::stream> {
                   auto peer = local_peer(come.get(), user);
                   return peer ? net::plain_stream(std::move(come), std::move(*peer)) : nullptr;
                 }});
  return all;
}

}  // namespace

std::filesystem::path inspector_socket(const std::filesystem::path& data_dir) {
  return data_dir / "inspector.sock";
}

struct inspector_server::loop {
  std::filesystem::path path;
  std::string own_greeting;
  std::vector<endpoint> endpoints;
  std::shared_ptr<response_queue> answers = std::make_shared<response_queue>();
  std::vector<session> sessions;
  std::uint64_t last_number = 0;

  std::mutex mutex;
  request_handler handler;
  bool stopping = false;

  std::thread thread;

  void serve() {
    const session::host host{
        .greeting = [this] { return answerer() ? std::optional{own_greeting} : std::nullopt; },
        .asked = [this](const session& from, std::string_view line) { ask(from, line); }};
    // Once more after the end was ordered, so that the client that ordered it gets its answer.
    for (bool ends = false; !ends;) {
      ends = is_stopping();
      const auto watched = look(ends);
      const auto now = clock::now();
      for (auto& line : answers->take())
        deliver(std::move(line), now);
      const auto has_come = [&](std::size_t i) {
        return i < watched.size() ? watched[i].revents : 0;
      };
      // From the end, because connections that have ended are erased.
      for (auto i = sessions.size(); i-- > 0;)
        if (!sessions[i].go_on(static_cast<short>(has_come(1 + endpoints.size() + i)), now, host))
          sessions.erase(sessions.begin() + static_cast<std::ptrdiff_t>(i));
      evict(true, most_sessions);
      for (std::size_t i = 0; i < endpoints.size(); ++i)
        if (has_come(1 + i) != 0)
          accept_all(endpoints[i], now);
    }
  }

  void stop() {
    {
      const std::scoped_lock guard{mutex};
      stopping = true;
    }
    answers->wake();
    thread.join();
  }

 private:
  bool is_stopping() {
    const std::scoped_lock guard{mutex};
    return stopping;
  }

  request_handler answerer() {
    const std::scoped_lock guard{mutex};
    return handler;
  }

  /// The response_queue, the endpoints and the sessions, in this order, with what has happened to
  /// each by the time that something has or is due; at once when nothing is to be waited for.
  std::vector<pollfd> look(bool at_once) const {
    const auto now = clock::now();
    auto due = at_once ? now : clock::time_point::max();
    std::vector<pollfd> watched{{answers->fd(), POLLIN, 0}};
    for (const auto& one : endpoints) {
      watched.push_back({one.door.fd(now), POLLIN, 0});
      due = std::min(due, one.door.due(now));
    }
    for (const auto& one : sessions) {
      watched.push_back({one.fd(), one.events(), 0});
      due = std::min(due, one.due());
    }
    ::poll(watched.data(), watched.size(), poll_timeout(due, now));
    return watched;
  }

  void accept_all(endpoint& at, clock::time_point now) {
    while (auto come = at.door.accept(now)) {
      auto through = at.admit(std::move(come));
      if (!through)
        continue;
      sessions.emplace_back(++last_number, std::move(through), now);
      evict(false, most_strangers);
    }
  }

  /// The connections that have been silent for longest make room.
  void evict(bool greeted, std::size_t most) {
    const auto is_one = [&](const session& one) { return one.has_greeted() == greeted; };
    while (static_cast<std::size_t>(std::count_if(sessions.begin(), sessions.end(), is_one)) > most)
      sessions.erase(std::min_element(
          sessions.begin(), sessions.end(), [&](const session& a, const session& b) {
            return std::pair{!is_one(a), a.heard_at()} < std::pair{!is_one(b), b.heard_at()};
          }));
  }

  void ask(const session& from, std::string_view line) {
    const auto back = std::make_shared<response_handle>(answers, from.number());
    try {
      auto asked = read_request(line);
      sign(asked, from.name());
      answerer()(std::move(asked), back);
    } catch (const wire_error& e) {
      back->send(failure_line(e.why()));
    } catch (const std::exception& e) {
      back->send(failure_line(e.what()));
    }
  }

  void deliver(response_queue::line line, clock::time_point now) {
    const auto to = std::find_if(sessions.begin(), sessions.end(),
                                 [&](const session& one) { return one.number() == line.session; });
    if (to != sessions.end())
      to->answer(std::move(line.text), now);
  }
};

inspector_server::inspector_server(const inspector_server_settings& settings)
    : loop_{std::make_unique<loop>()} {
  loop_->path = inspector_socket(settings.data_dir);
  loop_->own_greeting = render(greeting{inspection_version, settings.version});
  loop_->endpoints = open_endpoints(settings);
  loop_->thread = std::thread{[running = loop_.get()] {
    try {
      running->serve();
    } catch (const std::exception& e) {
      log_event(log_level::error, "INSPECTOR_GONE",
                {{"why", e.what()}, {"next", "jobs go on; restart the runtime to attach again"}});
    }
  }};
}

inspector_server::~inspector_server() {
  ::unlink(loop_->path.c_str());
  loop_->stop();
}

void inspector_server::serve(request_handler handler) {
  const std::scoped_lock guard{loop_->mutex};
  loop_->handler = std::move(handler);
}

}  // namespace millrace::actors
