#include "tests/support/tcp_proxy.hpp"

#include "base/check.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace millrace::tests {
namespace {

sockaddr_in local(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

struct place {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Where the port stands in postgresql://USER@127.0.0.1:PORT/DATABASE.
place port_in(const std::string& url) {
  const auto begin = url.rfind(':') + 1;
  return {begin, url.find('/', begin)};
}

struct pair {
  int client = -1;
  int server = -1;
  /// The answer to a COMMIT ends the connection instead of passing.
  bool ends_at_answer = false;
};

}  // namespace

struct tcp_proxy::shared {
  std::mutex mutex;
  std::uint16_t server_port = 0;
  std::string url;
  int listener = -1;
  int woken = eventfd(0, EFD_CLOEXEC);
  std::vector<pair> pairs;
  bool stopping = false;
  bool refusing = false;
  bool silent = false;
  bool cutting_queries = false;
  std::optional<commit_fate> at_commit;
  std::atomic<int> commits_cut{0};
  std::thread thread;

  void wake() const {
    const std::uint64_t one = 1;
    MILLRACE_CHECK(write(woken, &one, sizeof one) == sizeof one);
  }

  static void close_pair(pair& one) {
    close(one.client);
    close(one.server);
    one.client = -1;
  }

  void run() {
    for (;;) {
      std::vector<pollfd> waiting{{woken, POLLIN, 0}};
      {
        const std::scoped_lock guard{mutex};
        if (stopping)
          return;
        std::erase_if(pairs, [](const pair& one) { return one.client < 0; });
        if (!silent) {
          waiting.push_back({listener, POLLIN, 0});
          for (const auto& one : pairs) {
            waiting.push_back({one.client, POLLIN, 0});
            waiting.push_back({one.server, POLLIN, 0});
          }
        }
      }
      poll(waiting.data(), waiting.size(), -1);
      const std::scoped_lock guard{mutex};
      if (waiting[0].revents != 0) {
        std::uint64_t count = 0;
        MILLRACE_CHECK(read(woken, &count, sizeof count) == sizeof count);
        continue;  // what there is to do may have changed
      }
      for (std::size_t i = 0; 2 + 2 * i < waiting.size(); ++i) {
        // Closed meanwhile by `cut`, perhaps.
        if (pairs[i].client >= 0 && waiting[2 + 2 * i].revents != 0)
          pass_request(pairs[i]);
        if (pairs[i].client >= 0 && waiting[3 + 2 * i].revents != 0)
          pass_answer(pairs[i]);
      }
      if (waiting[1].revents != 0)
        accept_one();
    }
  }

  void accept_one() {
    const int client = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0)
      return;
    const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = local(server_port);
    if (refusing ||
        connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      close(client);
      close(server);
      return;
    }
    pairs.push_back({client, server, false});
  }

  /// What came from one side, sent to the other; false at the end.
  static bool move(int from, int to, std::string& bytes) {
    std::array<char, 65536> piece{};
    const auto got = recv(from, piece.data(), piece.size(), 0);
    if (got <= 0)
      return false;
    bytes.assign(piece.data(), static_cast<std::size_t>(got));
    return to < 0 || send(to, piece.data(), bytes.size(), MSG_NOSIGNAL) == got;
  }

  void pass_request(pair& one) {
    std::string bytes;
    std::array<char, 16> head{};
    // A COMMIT is a simple query of its own: Q, its length, "commit".
    const auto seen = recv(one.client, head.data(), head.size(), MSG_PEEK);
    const bool is_query = seen > 0 && head[0] == 'Q';
    if (is_query && cutting_queries)
      return close_pair(one);
    const bool is_commit =
        is_query && seen >= 11 && std::string_view{head.data() + 5, 6} == "commit";
    if (is_commit && at_commit) {
      const auto fate = *std::exchange(at_commit, std::nullopt);
      if (fate == commit_fate::is_lost) {
        ++commits_cut;
        return close_pair(one);
      }
      one.ends_at_answer = true;
    }
    if (!move(one.client, one.server, bytes))
      close_pair(one);
  }

  void pass_answer(pair& one) {
    std::string bytes;
    if (one.ends_at_answer) {
      move(one.server, -1, bytes);
      ++commits_cut;
      return close_pair(one);
    }
    if (!move(one.server, one.client, bytes))
      close_pair(one);
  }
};

tcp_proxy::tcp_proxy(const std::string& server_url) : state_(std::make_shared<shared>()) {
  const auto at = port_in(server_url);
  state_->server_port =
      static_cast<std::uint16_t>(std::stoi(server_url.substr(at.begin, at.end - at.begin)));
  state_->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = local(0);
  MILLRACE_CHECK(
      bind(state_->listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  MILLRACE_CHECK(listen(state_->listener, 64) == 0);
  socklen_t size = sizeof address;
  MILLRACE_CHECK(getsockname(state_->listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  state_->url = server_url;
  state_->url.replace(at.begin, at.end - at.begin, std::to_string(ntohs(address.sin_port)));
  state_->thread = std::thread{[state = state_] { state->run(); }};
}

tcp_proxy::~tcp_proxy() {
  cut(true);
  {
    const std::scoped_lock guard{state_->mutex};
    state_->stopping = true;
  }
  state_->wake();
  state_->thread.join();
  close(state_->listener);
  close(state_->woken);
}

const std::string& tcp_proxy::url() const { return state_->url; }

void tcp_proxy::cut(bool refuse) {
  {
    const std::scoped_lock guard{state_->mutex};
    state_->refusing = refuse;
    for (auto& one : state_->pairs)
      if (one.client >= 0)
        shared::close_pair(one);
  }
  state_->wake();
}

void tcp_proxy::be_silent() {
  {
    const std::scoped_lock guard{state_->mutex};
    state_->silent = true;
  }
  state_->wake();
}

void tcp_proxy::cut_queries() {
  const std::scoped_lock guard{state_->mutex};
  state_->cutting_queries = true;
}

void tcp_proxy::mend() {
  {
    const std::scoped_lock guard{state_->mutex};
    state_->cutting_queries = false;
    state_->silent = false;
    state_->refusing = false;
  }
  state_->wake();
}

void tcp_proxy::cut_at_commit(commit_fate fate) {
  const std::scoped_lock guard{state_->mutex};
  state_->at_commit = fate;
}

int tcp_proxy::commits_cut() const { return state_->commits_cut; }

}  // namespace millrace::tests
