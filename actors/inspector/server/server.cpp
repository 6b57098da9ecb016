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

using clock = guest::clock;

constexpr std::size_t most_strangers = 128;
constexpr std::size_t most_guests = 32;

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
void sign(question& asked, const std::string& name) {
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
struct entrance {
  net::listener door;
  /// Null for a peer that must not come in.
  std::function<std::unique_ptr<net::stream>(unique_fd come)> admit;
};

std::vector<entrance> open_entrances(const gate_settings& settings) {
  std::vector<entrance> all;
  if (settings.listen) {
    const auto tls =
        std::make_shared<net::tls_context>(net::tls_context::server(settings.listen->files));
    all.push_back({net::listener{net::listen_at(settings.listen->at)},
                   [tls](unique_fd come) { return tls->wrap(std::move(come)); }});
  }
  // Looked up once: a name may come from a directory service, and the gate must not wait for one.
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

struct gate::doorkeeper {
  std::filesystem::path path;
  std::string own_greeting;
  std::vector<entrance> entrances;
  std::shared_ptr<outbox> answers = std::make_shared<outbox>();
  std::vector<guest> guests;
  std::uint64_t last_number = 0;

  std::mutex mutex;
  server answering;
  bool stopping = false;

  std::thread thread;

  void serve() {
    const guest::host host{
        .greeting = [this] { return answerer() ? std::optional{own_greeting} : std::nullopt; },
        .asked = [this](const guest& from, std::string_view line) { ask(from, line); }};
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
      for (auto i = guests.size(); i-- > 0;)
        if (!guests[i].go_on(static_cast<short>(has_come(1 + entrances.size() + i)), now, host))
          guests.erase(guests.begin() + static_cast<std::ptrdiff_t>(i));
      thin_out(true, most_guests);
      for (std::size_t i = 0; i < entrances.size(); ++i)
        if (has_come(1 + i) != 0)
          let_in(entrances[i], now);
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

  server answerer() {
    const std::scoped_lock guard{mutex};
    return answering;
  }

  /// The outbox, the entrances and the guests, in this order, with what has happened to each by the
  /// time that something has or is due; at once when nothing is to be waited for.
  std::vector<pollfd> look(bool at_once) const {
    const auto now = clock::now();
    auto due = at_once ? now : clock::time_point::max();
    std::vector<pollfd> watched{{answers->fd(), POLLIN, 0}};
    for (const auto& one : entrances) {
      watched.push_back({one.door.fd(now), POLLIN, 0});
      due = std::min(due, one.door.due(now));
    }
    for (const auto& one : guests) {
      watched.push_back({one.fd(), one.events(), 0});
      due = std::min(due, one.due());
    }
    ::poll(watched.data(), watched.size(), poll_timeout(due, now));
    return watched;
  }

  void let_in(entrance& at, clock::time_point now) {
    while (auto come = at.door.accept(now)) {
      auto through = at.admit(std::move(come));
      if (!through)
        continue;
      guests.emplace_back(++last_number, std::move(through), now);
      thin_out(false, most_strangers);
    }
  }

  /// The connections that have been silent for longest make room.
  void thin_out(bool greeted, std::size_t most) {
    const auto is_one = [&](const guest& one) { return one.has_greeted() == greeted; };
    while (static_cast<std::size_t>(std::count_if(guests.begin(), guests.end(), is_one)) > most)
      guests.erase(
          std::min_element(guests.begin(), guests.end(), [&](const guest& a, const guest& b) {
            return std::pair{!is_one(a), a.heard_at()} < std::pair{!is_one(b), b.heard_at()};
          }));
  }

  void ask(const guest& from, std::string_view line) {
    const auto back = std::make_shared<reply>(answers, from.number());
    try {
      auto asked = read_question(line);
      sign(asked, from.name());
      answerer()(std::move(asked), back);
    } catch (const wire_error& e) {
      back->give(failure_line(e.why()));
    } catch (const std::exception& e) {
      back->give(failure_line(e.what()));
    }
  }

  void deliver(outbox::line line, clock::time_point now) {
    const auto to = std::find_if(guests.begin(), guests.end(),
                                 [&](const guest& one) { return one.number() == line.guest; });
    if (to != guests.end())
      to->answer(std::move(line.text), now);
  }
};

gate::gate(const gate_settings& settings) : doorkeeper_{std::make_unique<doorkeeper>()} {
  doorkeeper_->path = inspector_socket(settings.data_dir);
  doorkeeper_->own_greeting = render(greeting{inspection_version, settings.version});
  doorkeeper_->entrances = open_entrances(settings);
  doorkeeper_->thread = std::thread{[keeper = doorkeeper_.get()] {
    try {
      keeper->serve();
    } catch (const std::exception& e) {
      log_event(log_level::error, "INSPECTOR_GONE",
                {{"why", e.what()}, {"next", "jobs go on; restart the runtime to attach again"}});
    }
  }};
}

gate::~gate() {
  ::unlink(doorkeeper_->path.c_str());
  doorkeeper_->stop();
}

void gate::serve(server answering) {
  const std::scoped_lock guard{doorkeeper_->mutex};
  doorkeeper_->answering = std::move(answering);
}

}  // namespace millrace::actors
