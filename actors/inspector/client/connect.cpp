#include "actors/inspector/client/connect.hpp"

#include "actors/inspector/protocol/handshake.hpp"
#include "actors/inspector/protocol/requests.hpp"
#include "actors/inspector/server/server.hpp"
#include "net/tls/tls_context.hpp"
#include "net/unix_address.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <system_error>
#include <thread>

namespace millrace::actors {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 5s;
/// While a runtime starts or restarts its inspector, it turns every client away.
constexpr auto closed_door_patience = 2s;

unique_fd connect_to(const std::filesystem::path& path) {
  const net::local_address address{path};
  const auto fail = [&](int error_number, const char* next) {
    return actors::attach_error{
        fmt::format("{}: {}", path.string(), std::generic_category().message(error_number)), next};
  };
  unique_fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (!fd)
    throw fail(errno, "close some files");
  // The other side's queue may be full; it is the one call that blocks.
  constexpr timeval limit{.tv_sec = patience.count(), .tv_usec = 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  if (::connect(fd.get(), address.get(), address.size()) == 0)
    return fd;
  if (errno == ENOENT || errno == ECONNREFUSED)
    throw actors::attach_error{
        fmt::format("no runtime uses {}", path.parent_path().string()),
        "start one with `millrace run`; if one runs, check that runtime.data_dir is "
        "the same here, and that its inspector.enabled is true"};
  throw fail(errno, "attach as the user who runs it");
}

std::unique_ptr<net::stream> connect_to(const inspector_address& where) {
  if (!where.elsewhere)
    return net::plain_stream(connect_to(actors::inspector_socket(where.data_dir)));
  const auto& [at, files] = *where.elsewhere;
  const auto tls = net::tls_context::client(files);
  try {
    return tls.wrap(net::connect_to(at, patience));
  } catch (const net::tls_error&) {
    throw;
  } catch (const millrace::error& e) {
    throw actors::attach_error{fmt::format("{}: {}", to_string(at), e.why()), e.next()};
  }
}

/// Nothing when the other side closed the connection.
std::optional<greeting> greet(net::line_stream& through, const std::string& version) {
  const auto deadline = net::line_stream::clock::now() + patience;
  std::string line;
  auto became = through.send(render(greeting{inspection_version, version}), deadline);
  if (became == net::line_stream::end::well)
    became = through.read(line, greeting_limit, deadline);
  if (became == net::line_stream::end::too_late)
    throw attach_error{"the runtime does not answer", "see whether its process is stopped"};
  if (became == net::line_stream::end::closed)
    return std::nullopt;
  const auto said = parse_greeting(line);
  if (!said)
    throw attach_error{"what answers is no millrace", "check where to attach"};
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

attach_error turned_away(const inspector_address& where, const std::string& why, bool is_refused) {
  if (is_refused)
    return {where.elsewhere ? fmt::format("{}: {}", to_string(where.elsewhere->at), why) : why,
            "see docs/inspector.md for what helps"};
  return {"the runtime turns every client away",
          "it is starting or ending, or its inspector crashed: see its log"};
}

}  // namespace

net::line_stream attach_to(const inspector_address& where, const std::string& version) {
  const auto until = std::chrono::steady_clock::now() + closed_door_patience;
  for (;;) {
    net::line_stream through{connect_to(where)};
    if (const auto theirs = greet(through, version)) {
      check_version(*theirs, version);
      return through;
    }
    const auto why = through.why_closed();
    // A certificate that is refused will be refused again.
    const bool is_refused = !why.empty() && why != net::closed_by_peer;
    if (is_refused || std::chrono::steady_clock::now() >= until)
      throw turned_away(where, why, is_refused);
    std::this_thread::sleep_for(50ms);
  }
}

}  // namespace millrace::actors
