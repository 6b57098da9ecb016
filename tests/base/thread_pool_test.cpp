#include "base/thread_pool.hpp"

#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <future>
#include <iterator>
#include <latch>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace {

using namespace millrace;
using namespace std::chrono_literals;

TEST_CASE("a pool runs every task once") {
  std::atomic<int> count = 0;
  std::latch all{1000};
  thread_pool pool{3};
  for (int i = 0; i < 1000; ++i)
    pool.run([&] {
      ++count;
      all.count_down();
    });
  all.wait();
  CHECK(count == 1000);
}

TEST_CASE("a task that throws ends neither the process nor its thread") {
  std::promise<void> last;
  thread_pool pool{1};
  pool.run([] { throw std::runtime_error{"a bug"}; });
  pool.run([] { throw 7; });
  pool.run([&] { last.set_value(); });
  CHECK(last.get_future().wait_for(10s) == std::future_status::ready);
}

/// While it is there the system gives no thread: its stack is larger than all memory.
class no_threads {
 public:
  no_threads() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t large = before_;
    pthread_attr_setstacksize(&large, std::size_t{1} << 47);
    pthread_setattr_default_np(&large);
  }
  ~no_threads() { pthread_setattr_default_np(&before_); }
  no_threads(const no_threads&) = delete;
  no_threads& operator=(const no_threads&) = delete;

 private:
  pthread_attr_t before_{};
};

TEST_CASE("where the system gives no thread a task is refused, and a pool can still end") {
  thread_pool pool{2};
  bool ran = false;
  {
    const no_threads now;
    CHECK_THROWS_AS(pool.run([&] { ran = true; }), std::system_error);
  }
  std::promise<void> other;
  pool.run([&] { other.set_value(); });
  CHECK(other.get_future().wait_for(10s) == std::future_status::ready);
  CHECK(pool.stop(10s));
  CHECK_FALSE(ran);
}

TEST_CASE("where the system gives no further thread the others do the work") {
  thread_pool pool{2};
  std::promise<void> go_on;
  std::promise<void> begun;
  pool.run([&] {
    begun.set_value();
    go_on.get_future().wait();
  });
  begun.get_future().wait();
  std::promise<void> other;
  {
    const no_threads now;
    pool.run([&] { other.set_value(); });
  }
  go_on.set_value();
  CHECK(other.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE("a lost thread is replaced, and the pool has its size again when it comes back") {
  std::promise<void> hang;
  std::promise<void> back;
  thread_pool pool{1};
  pool.run([&, stuck = hang.get_future().share()] {
    stuck.wait();
    pool.thread_back();
    back.set_value();
  });
  pool.thread_lost();
  std::promise<void> other;
  pool.run([&] { other.set_value(); });
  CHECK(other.get_future().wait_for(10s) == std::future_status::ready);
  hang.set_value();
  back.get_future().wait();
  std::promise<void> last;
  pool.run([&] { last.set_value(); });
  CHECK(last.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE("stopping drops what has not begun, and says when a task does not end") {
  auto hang = std::make_shared<std::promise<void>>();
  std::promise<void> begun;
  bool ran = false;
  auto pool = std::make_unique<thread_pool>(1);
  pool->run([hang, stuck = hang->get_future().share(), &begun] {
    begun.set_value();
    stuck.wait();
  });
  begun.get_future().wait();
  pool->run([&] { ran = true; });
  CHECK_FALSE(pool->stop(1ms));
  hang->set_value();
  CHECK(pool->stop(10s));
  CHECK_FALSE(ran);
}

TEST_CASE("tasks of one beside the pool do not take the place of its own, and stop with it") {
  thread_pool pool{1};
  const auto other = pool.beside(2);
  std::latch both{2};
  std::promise<void> release;
  const auto released = release.get_future().share();
  for (int i = 0; i < 2; ++i)
    other->run([&, released] {
      both.count_down();
      released.wait();
    });
  both.wait();
  std::promise<void> ran;
  pool.run([&] { ran.set_value(); });
  CHECK(ran.get_future().wait_for(10s) == std::future_status::ready);
  CHECK_FALSE(pool.stop(1ms));
  release.set_value();
  CHECK(pool.stop(10s));
}

TEST_CASE("a pool starts no thread without a task, and at most as many as it may have") {
  const auto threads = [] {
    const std::filesystem::directory_iterator all{"/proc/self/task"};
    return std::distance(begin(all), end(all));
  };
  const auto before = threads();
  thread_pool pool{3};
  CHECK(threads() == before);
  std::latch together{3};
  std::promise<void> release;
  const auto released = release.get_future().share();
  std::atomic<int> ended = 0;
  for (int i = 0; i < 6; ++i)
    pool.run([&, released, i] {
      if (i < 3)
        together.count_down();
      released.wait();
      ++ended;
    });
  together.wait();
  CHECK(threads() == before + 3);
  release.set_value();
  millrace::tests::wait_until([&] { return ended == 6; });
}

TEST_CASE(
    "a thread that has had nothing to do for a while ends, and another comes when it is wanted") {
  thread_pool pool{1, 1ms};
  for (int i = 0; i < 3; ++i) {
    std::promise<void> gone;
    pool.run([&] {
      struct last_word {
        std::promise<void>* to = nullptr;
        ~last_word() { to->set_value(); }
      };
      thread_local last_word word;
      word.to = &gone;
    });
    REQUIRE(gone.get_future().wait_for(10s) == std::future_status::ready);
  }
}

/// Tells, late, that its thread is gone.
struct last_words {
  std::atomic<bool>* said = nullptr;
  ~last_words() {
    for (int i = 0; i < 1000; ++i)
      std::this_thread::yield();
    if (said != nullptr)
      *said = true;
  }
};

TEST_CASE("a pool that has stopped left nothing of its threads running") {
  std::atomic<bool> said = false;
  {
    thread_pool pool{1};
    std::promise<void> ran;
    pool.run([&] {
      thread_local last_words words;
      words.said = &said;
      ran.set_value();
    });
    ran.get_future().wait();
    CHECK(pool.stop(10s));
    CHECK(said);
  }
}

}  // namespace
