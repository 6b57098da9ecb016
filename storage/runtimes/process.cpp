#include "storage/runtimes/process.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <random>
#include <utility>

namespace millrace::storage {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

/// Empty where the machine does not say: then no pid of it is known.
std::string boot() {
  std::string id;
  std::ifstream{"/proc/sys/kernel/random/boot_id"} >> id;
  struct stat space {};
  if (id.empty() || ::stat("/proc/self/ns/pid", &space) != 0)
    return {};
  return fmt::format("{}/{}", id, space.st_ino);
}

runtime_id draw_identity() {
  constexpr std::uint64_t largest = (std::uint64_t{1} << 53) - 1;
  std::random_device system;
  for (;;) {
    const auto bits = (std::uint64_t{system()} << 32 | system()) & largest;
    if (bits != 0)
      return static_cast<runtime_id>(bits);
  }
}

std::optional<time_point> server_time(connection& on) {
  if (on.dialect() != dialect::postgres)
    return std::nullopt;
  return guarded("cannot read the server's clock", [&] {
    return from_us(std::get<0>(on.prepared<std::int64_t>("server_time").first().value()));
  });
}

/// A pooler's sessions are not those of its clients.
std::optional<session_list> list_sessions(connection& on) {
  if (on.dialect() != dialect::postgres || on.is_pooled())
    return std::nullopt;
  return guarded("cannot look for the sessions of other runtimes", [&] {
    std::optional<session_list> all{std::in_place};
    bool are_named = true;
    on.prepared<std::int64_t, std::string, std::int64_t, std::int64_t>("list_sessions")
        .each([&](std::int64_t is_named, const std::string& name, std::int64_t count,
                  std::int64_t heard_at) {
          are_named = are_named && is_named != 0;
          all->insert_or_assign(name, listed_sessions{count, heard_at});
        });
    return are_named ? std::move(all) : std::nullopt;
  });
}

}  // namespace

time_point newest_event_at(connection& on) {
  return guarded("cannot read when the newest event was written", [&] {
    const auto found = on.prepared<std::int64_t>("newest_event_at").first();
    return from_us(found ? std::get<0>(*found) : 0);
  });
}

process this_process() {
  return {.name = {.host = host_name(), .boot = boot(), .pid = ::getpid()},
          .draw_identity = draw_identity,
          .is_gone =
              [](std::int64_t pid) {
                return ::kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH;
              },
          .server_time = server_time,
          .sessions = list_sessions};
}

}  // namespace millrace::storage
