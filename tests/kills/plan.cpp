#include "tests/kills/plan.hpp"

#include <algorithm>

namespace millrace::killtest {
namespace {

#ifdef __SANITIZE_ADDRESS__
// AddressSanitizer reserves terabytes of addresses.
constexpr bool memory_can_be_limited = false;
#else
constexpr bool memory_can_be_limited = true;
#endif

/// What comes with every twenty kills.
std::vector<blow> other_blows(const options& how) {
  std::vector<blow> all{blow::pause,     blow::pause,          blow::terminate,
                        blow::terminate, blow::second_runtime, blow::few_descriptors};
  if (memory_can_be_limited)
    all.push_back(blow::little_memory);
  if (how.database == "postgres")
    all.insert(all.end(), 2, blow::server);
  if (how.small_disk)
    all.insert(all.end(), 3, blow::full_disk);
  return all;
}

}  // namespace

const char* describe(blow what) {
  switch (what) {
    case blow::kill:
      return "one was killed";
    case blow::kill_all:
      return "all were killed";
    case blow::kill_starting:
      return "one was killed while it started";
    case blow::pause:
      return "one was stopped past its lease";
    case blow::terminate:
      return "one was ended in order";
    case blow::second_runtime:
      return "a second one was refused";
    case blow::few_descriptors:
      return "one had too few descriptors";
    case blow::little_memory:
      return "one had too little memory";
    case blow::server:
      return "the server was shut down";
    case blow::full_disk:
      return "the disk was full";
  }
  return "";
}

std::vector<blow> make_plan(const options& how, simulation::random_source& random) {
  std::vector<blow> plan;
  for (int kills = 0; kills < how.kills;) {
    auto part = other_blows(how);
    for (int in_part = 0; in_part < 20 && kills < how.kills;) {
      const auto dice = random.below(5);
      const auto what = dice < 2 ? blow::kill : dice < 4 ? blow::kill_all : blow::kill_starting;
      const int count = what == blow::kill_all ? how.runtimes : what == blow::kill_starting ? 2 : 1;
      part.push_back(what);
      in_part += count;
      kills += count;
    }
    for (auto i = part.size(); i > 1; --i)
      std::swap(part[i - 1], part[random.below(i)]);
    plan.insert(plan.end(), part.begin(), part.end());
  }
  return plan;
}

}  // namespace millrace::killtest
