#include "storage/db/horizon.hpp"

#include "tests/support/store_fixture.hpp"

#include <cstdint>
#include <filesystem>

namespace {

using namespace millrace;
using namespace std::chrono_literals;

TEST_CASE("a WAL that cannot begin from its start again is told of when it is large") {
  const storage::testing::temporary_folder folder;
  storage::connection on{{.url = folder.url()}};
  on.session() << "create table t (a)";
  storage::horizon_watch watch{{.url = folder.url()}, 10min};
  CHECK(watch.look(on, {}, 0s).empty());
  std::filesystem::resize_file(folder.path() / "test.db-wal", std::uintmax_t{300} << 20);
  CHECK_THAT(watch.look(on, {}, 0s), Catch::Contains("its WAL has 300 MB"));
  storage::horizon_watch never{{.url = folder.url()}, 0s};
  CHECK(never.look(on, {}, 0s).empty());
  CHECK_FALSE(watch.age());
}

}  // namespace
