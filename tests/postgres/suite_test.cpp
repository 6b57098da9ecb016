#include "tests/benchmarks/measure.hpp"
#include "tests/support/test_database.hpp"

namespace {

using namespace millrace;
using namespace millrace::tests;

TEST_CASE("the suite measures on PostgreSQL, and leaves nothing behind") {
  const sandbox in;
  const auto url = postgres_url().value();
  const auto at = " --database " + url;
  check(measure(in, "transitions --jobs 60" + at), 12);
  check(measure(in, "drain --jobs 100" + at), 6);
  check(measure(in, "pressure backlog --jobs 100" + at), 11);
  check(measure(in, "pressure pinned --jobs 100" + at), 15);
  check(measure(in, "pressure readers --jobs 100" + at), 16);
  check(measure(in, "pressure burst --rate 100 --minutes 0.02" + at), 10);
  check(measure(in, "pressure soak --rate 100 --minutes 0.03" + at), 6);
  check(measure(in, "enqueue --jobs 100" + at), 1);
  check(measure(in, "latency --jobs 3" + at), 5);
  check(measure(in, "scale --jobs 1000" + at), 3);
  check(measure(in, "retention --jobs 100" + at), 7);
  millrace::storage::connection on{{.url = url}};
  long long left = 1;
  on.session() << "select count(*) from pg_namespace where nspname like 'bench_%'",
      soci::into(left);
  CHECK(left == 0);
}

}  // namespace
