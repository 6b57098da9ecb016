#include "tests/support/store_fixture.hpp"

#include <optional>
#include <vector>

// Lanes that are made by transactions which stay open for long.
namespace {

using namespace millrace;
using namespace std::chrono_literals;
using storage::new_job;

struct lanes_fixture : storage::testing::store_fixture {
  storage::connection other{database.settings()};
  storage::job_store slow{other, pipelines};
  std::optional<storage::transaction> open{std::in_place, other};

  std::size_t claimed() { return store.claims.claim({7, 10}, now).jobs.size(); }
};

TEST_CASE_METHOD(lanes_fixture, "a submit does not wait for another that makes the same lane") {
  slow.submitter.enqueue(std::vector<new_job>{{.tenant = "new"}}, now);
  store.submitter.enqueue(std::vector<new_job>{{.tenant = "new"}}, now);
  // Its job has no lane yet, for an unknown time.
  const auto result = store.claims.claim({7, 10}, now);
  CHECK(result.jobs.empty());
  CHECK(result.next_run_at == now + 1s);
  open->commit();
  open.reset();
  CHECK(claimed() == 2);
}

TEST_CASE_METHOD(lanes_fixture, "a lane whose maker gives up is made by another") {
  slow.submitter.enqueue(std::vector<new_job>{{.tenant = "new"}}, now);
  store.submitter.enqueue(std::vector<new_job>{{.tenant = "new"}}, now);
  open.reset();
  CHECK(claimed() == 1);
}

TEST_CASE_METHOD(lanes_fixture,
                 "a submit that makes a lane keeps no other from the lanes that there are") {
  store.submitter.enqueue(std::vector<new_job>(1), now);
  slow.submitter.enqueue(std::vector<new_job>{{.tenant = "new"}}, now);
  store.submitter.enqueue(std::vector<new_job>(1), now);
  CHECK(claimed() == 2);
}

}  // namespace
