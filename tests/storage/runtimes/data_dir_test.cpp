#include "storage/runtimes/data_dir.hpp"

#include "storage/runtimes/crash_journal.hpp"
#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

namespace millrace::storage::testing {
namespace {

/// Runs `work` in a child that then waits to be killed; answers its pid once `work` is done.
template <class Work>
pid_t child_that_did(Work work) {
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    work();
    const char done = '1';
    if (::write(ready[1], &done, 1) != 1)
      ::_exit(1);
    for (;;)
      ::pause();
  }
  char done = 0;
  REQUIRE(::read(ready[0], &done, 1) == 1);
  ::close(ready[0]);
  ::close(ready[1]);
  return child;
}

void kill_and_wait(pid_t child) {
  REQUIRE(::kill(child, SIGKILL) == 0);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
}

TEST_CASE("a data directory is made with its parents, for its user only") {
  const temporary_folder folder;
  const auto dir = folder.path() / "a" / "b";
  make_data_dir(dir);
  make_data_dir(dir);
  struct stat about {};
  REQUIRE(::stat(dir.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777U) == 0700U);
  CHECK_THROWS_AS(make_data_dir("/proc/none"), error);
}

TEST_CASE("one runtime at a time has the lock; the other learns which") {
  const temporary_folder folder;
  const auto child = child_that_did([&] { new runtime_lock{folder.path()}; });
  try {
    const runtime_lock lock{folder.path()};
    FAIL("it got the lock");
  } catch (const error& e) {
    CHECK(e.why().find(fmt::format("(pid {})", child)) != std::string::npos);
    CHECK_FALSE(e.next().empty());
  }
  kill_and_wait(child);
  { const runtime_lock lock{folder.path()}; }
  const runtime_lock again{folder.path()};
  CHECK_THROWS_AS(runtime_lock{folder.path()}, error);
}

TEST_CASE("a new journal knows nothing, one left empty knows that nothing was in hand") {
  const temporary_folder folder;
  CHECK_FALSE(crash_journal{folder.path()}.running_before());
  CHECK(crash_journal{folder.path()}.running_before() == std::vector<job_id>{});
}

TEST_CASE("the journal tells what was in hand when its process was killed") {
  const temporary_folder folder;
  const auto child = child_that_did([&] {
    auto* journal = new crash_journal{folder.path()};
    const auto one = journal->acquire_slot();
    const auto two = journal->acquire_slot();
    const auto three = journal->acquire_slot();
    journal->take(one, 11);
    journal->take(two, 22);
    journal->take(three, 33);
    journal->take(one, 0);
    journal->release_slot(three);
  });
  kill_and_wait(child);
  crash_journal journal{folder.path()};
  CHECK(journal.running_before() == std::vector<job_id>{22});
  CHECK(crash_journal{folder.path()}.running_before() == std::vector<job_id>{22});
  journal.clear();
  CHECK(crash_journal{folder.path()}.running_before() == std::vector<job_id>{});
}

TEST_CASE("the journal tells which runtime used it") {
  const temporary_folder folder;
  CHECK_FALSE(crash_journal{folder.path()}.runtime_before());
  const runtime_key key{7, from_us(1'700'000'000'000'001)};
  crash_journal{folder.path()}.become(key);
  CHECK(crash_journal{folder.path()}.runtime_before() == key);
}

TEST_CASE("slots of the journal are lent once, and again after their return") {
  const temporary_folder folder;
  crash_journal journal{folder.path()};
  std::vector<std::size_t> lent;
  for (std::size_t i = 0; i < crash_journal::slots; ++i)
    lent.push_back(journal.acquire_slot());
  auto sorted = lent;
  std::sort(sorted.begin(), sorted.end());
  CHECK(std::unique(sorted.begin(), sorted.end()) == sorted.end());
  journal.release_slot(lent[5]);
  CHECK(journal.acquire_slot() == lent[5]);
}

}  // namespace
}  // namespace millrace::storage::testing
