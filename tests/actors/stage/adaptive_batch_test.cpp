#include "actors/stage/adaptive_batch.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace {

using millrace::actors::batch_size;
using namespace std::chrono_literals;

TEST_CASE("without a time to come back in a batch has always the same size") {
  batch_size size{100, 0s};
  size.learn(100, 1h);
  CHECK(size.get() == 100);
}

TEST_CASE("batches grow while they come back in time, and only full ones tell so") {
  batch_size size{10, 20ms};
  CHECK(size.get() == 1);
  for (const int expected : {2, 4, 8, 10, 10}) {
    size.learn(size.get(), 1ms);
    CHECK(size.get() == expected);
  }
  batch_size idle{10, 20ms};
  idle.learn(1, 1ms);
  idle.learn(1, 1ms);
  CHECK(idle.get() == 2);
}

TEST_CASE("a batch that takes too long is followed by one that fits") {
  batch_size size{1000, 20ms};
  while (size.get() < 1000)
    size.learn(size.get(), 1ms);
  size.learn(1000, 40ms);
  CHECK(size.get() == 500);
  size.learn(500, 50s);
  CHECK(size.get() == 1);
  size.learn(1, 1h);
  CHECK(size.get() == 1);
}

}  // namespace
