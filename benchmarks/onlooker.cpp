#include "benchmarks/onlooker.hpp"

#include "actors/inspector/client/client.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

namespace millrace::benchmarks {
namespace {

using namespace std::chrono_literals;

/// False when it is told to stop.
bool rest(std::stop_token& stop, std::chrono::milliseconds time) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock{mutex};
  return !never.wait_for(lock, stop, time, [&] { return stop.stop_requested(); });
}

void look(actors::attachment& at, std::stop_token& stop) {
  do {
    at.runtime();
    at.health();
    at.stages();
    at.actors();
    at.events({.after = -1, .limit = 500});
  } while (rest(stop, 1s));
}

}  // namespace

onlooker::onlooker(std::filesystem::path data_dir)
    : thread_{[data_dir = std::move(data_dir)](std::stop_token stop) {
        while (!stop.stop_requested()) {
          try {
            actors::attachment at{{.data_dir = data_dir}, "bench"};
            look(at, stop);
          } catch (const actors::attach_error&) {
            // It has not begun, or has ended.
            rest(stop, 5ms);
          }
        }
      }} {}

}  // namespace millrace::benchmarks
