#include "tests/support/store_fixture.hpp"

#include "storage/runtimes/runtime_store.hpp"

#include <fmt/format.h>

namespace millrace::storage::testing {

pipeline::catalog small_catalog() {
  const auto stage = [](std::string name) {
    pipeline::stage_definition made;
    made.name = std::move(name);
    made.handler = "noop";
    made.max_attempts = 2;
    return made;
  };
  return pipeline::catalog{
      {{"trio", {stage("one"), stage("two"), stage("three")}}, {"solo", {stage("only")}}}};
}

runtime_id register_runtime(connection& on, const std::string& host, std::int64_t pid,
                            const std::string& version, time_point lease_until, time_point now) {
  long long id = 0;
  on.session() << "select coalesce(max(runtime_id), 0) + 1 from runtimes", soci::into(id);
  register_runtime(
      on, {.id = id, .process = {host, "", pid}, .version = version, .lease = lease_until - now},
      now);
  return id;
}

job_id store_fixture::add(int priority) {
  return store.submitter.enqueue(std::vector<new_job>{{.priority = priority}}, now).front();
}

std::vector<pipeline::job> store_fixture::claim(int limit) {
  return store.claims.claim({.runtime = 7, .limit = limit}, now).jobs;
}

pipeline::job store_fixture::working() {
  const auto id = add();
  for (auto& job : claim())
    if (job.id == id)
      return job;
  FAIL("the job was not claimed");
  return {};
}

std::vector<settled> store_fixture::settle(const std::vector<settlement>& all) {
  return store.settler.settle(all, now);
}

settled store_fixture::settle(const pipeline::job& job, pipeline::transition_event what,
                              bool carry_on) {
  return settle({{job, std::move(what), carry_on}}).front();
}

job_record store_fixture::find(job_id id) {
  auto found = find_job(on, id);
  REQUIRE(found);
  return *found;
}

std::vector<std::string> store_fixture::history(job_id id) {
  std::vector<std::string> lines;
  for (const auto& one : list_events(on, {.job = id}))
    lines.push_back(one.code.empty() ? one.type : fmt::format("{} {}", one.type, one.code));
  return lines;
}

std::int64_t store_fixture::ask(const std::string& sql) {
  long long answer = 0;
  on.session() << sql, soci::into(answer);
  return answer;
}

}  // namespace millrace::storage::testing
