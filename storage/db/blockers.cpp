#include "storage/db/blockers.hpp"

#include "base/iso8601.hpp"
#include "storage/db/id_list.hpp"
#include "storage/db/translate_errors.hpp"

#include <fmt/format.h>

namespace millrace::storage {
namespace {

std::string list(connection& on, std::span<const pipeline::job_id> jobs) {
  id_list ids{on.dialect(), jobs.size()};
  for (const auto id : jobs)
    ids.add(id);
  return std::string{ids.finish()};
}

}  // namespace

std::string describe(const blocker& blocking) {
  auto text =
      fmt::format("backend {} ({} of {}", blocking.backend,
                  blocking.application.empty() ? "a session" : blocking.application, blocking.user);
  if (!blocking.client.empty())
    text += fmt::format(" at {}", blocking.client);
  if (!blocking.state.empty())
    text += fmt::format(", {}", blocking.state);
  if (blocking.since)
    text += fmt::format(", in a transaction since {}", to_iso8601(*blocking.since));
  return text + ')';
}

std::vector<blocker> find_blockers(connection& on, std::span<const pipeline::job_id> jobs) {
  std::vector<blocker> found;
  if (on.dialect() == dialect::sqlite)
    return found;
  return guarded("cannot look for the session that holds a lock", [&] {
    on.prepared<std::int64_t, std::string, std::string, std::string, std::string, std::int64_t>(
          "find_blockers")
        .with("ids", list(on, jobs))
        .with("waited", on.lock_wait().count())
        .each([&](std::int64_t backend, const std::string& application, const std::string& user,
                  const std::string& client, const std::string& state, std::int64_t since) {
          found.push_back({backend, application, user, client, state,
                           since != 0 ? std::optional{from_us(since)} : std::nullopt});
        });
    return found;
  });
}

std::vector<pipeline::job_id> lock_free_jobs(connection& on,
                                             std::span<const pipeline::job_id> jobs) {
  return guarded("cannot lock jobs", [&] {
    std::vector<pipeline::job_id> held;
    on.prepared<std::int64_t>("lock_free_jobs")
        .with("ids", list(on, jobs))
        .each([&](pipeline::job_id id) { held.push_back(id); });
    return held;
  });
}

void wait_for_locks(connection& on, std::chrono::milliseconds at_most) {
  if (on.dialect() == dialect::postgres)
    on.prepared<std::string>("change_lock_timeout")
        .with("timeout", std::to_string(at_most.count()))
        .first();
}

}  // namespace millrace::storage
