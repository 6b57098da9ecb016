#include "actors/attach_to.hpp"

#include "actors/gate.hpp"
#include "actors/greeting.hpp"
#include "actors/inspection.hpp"
#include "actors/local_address.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>

namespace millrace::actors {
namespace {

using namespace std::chrono_literals;
using storage::unique_fd;

constexpr timeval patience{.tv_sec = 5, .tv_usec = 0};
/// While a runtime starts or restarts its inspector, it turns everybody away.
constexpr auto closed_door_patience = 2s;

std::string words_of(int error_number) { return std::generic_category().message(error_number); }

unique_fd connect_to(const std::filesystem::path& path) {
  const local_address address{path};
  unique_fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (!fd)
    throw attach_error{words_of(errno), "close some files"};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  if (::connect(fd.get(), address.get(), address.size()) == 0)
    return fd;
  if (errno == ENOENT || errno == ECONNREFUSED)
    throw attach_error{fmt::format("no runtime uses {}", path.parent_path().string()),
                       "start one with `millrace run`; if one runs, check that runtime.data_dir is "
                       "the same here, and that its inspector.enabled is true"};
  throw attach_error{fmt::format("{}: {}", path.string(), words_of(errno)),
                     "attach as the user who runs it"};
}

using line_buffer = std::array<char, greeting_limit>;

/// The line that comes, without its newline; empty when the other side closed the connection.
std::string_view read_line(int fd, line_buffer& into) {
  for (std::size_t size = 0; size < into.size(); ++size) {
    const auto got = ::recv(fd, &into.at(size), 1, 0);
    if (got < 0 && errno == EAGAIN)
      throw attach_error{"the runtime does not answer", "see whether its process is stopped"};
    if (got <= 0)
      return {};
    if (into.at(size) == '\n')
      return {into.data(), size};
  }
  return {into.data(), into.size()};
}

/// Nothing when the other side closed the connection.
std::optional<greeting> greet(int fd, const std::string& version) {
  const auto own = render(greeting{inspection_version, version});
  if (::send(fd, own.data(), own.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(own.size()))
    return std::nullopt;
  line_buffer buffer{};
  const auto line = read_line(fd, buffer);
  if (line.empty())
    return std::nullopt;
  const auto said = parse_greeting(line);
  if (!said)
    throw attach_error{"what answers is no millrace", "check runtime.data_dir"};
  return said;
}

void check_version(const greeting& theirs, const std::string& version) {
  if (theirs.protocol == inspection_version)
    return;
  const bool they_are_older = theirs.protocol < inspection_version;
  throw attach_error{
      fmt::format("the runtime (millrace {}) speaks version {} of the inspector's protocol, this "
                  "millrace ({}) version {}",
                  theirs.version, theirs.protocol, version, inspection_version),
      they_are_older ? "upgrade the runtime" : "upgrade this millrace"};
}

}  // namespace

unique_fd attach_to(const std::filesystem::path& data_dir, const std::string& version) {
  const auto path = inspector_socket(data_dir);
  const auto until = std::chrono::steady_clock::now() + closed_door_patience;
  do {
    auto connection = connect_to(path);
    if (const auto theirs = greet(connection.get(), version)) {
      check_version(*theirs, version);
      return connection;
    }
    std::this_thread::sleep_for(50ms);
  } while (std::chrono::steady_clock::now() < until);
  throw attach_error{"the runtime turns everybody away",
                     "it is starting or ending, or its inspector crashed: see its log"};
}

}  // namespace millrace::actors
