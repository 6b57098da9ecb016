#pragma once

#include "actors/stage/batch_run.hpp"
#include "tests/support/temp_dir.hpp"

#include <future>
#include <vector>

/// What tests of batches share.
namespace millrace::actors::testing {

inline std::vector<pipeline::job> jobs(int count) {
  std::vector<pipeline::job> all;
  for (int id = 1; id <= count; ++id)
    all.push_back({.id = id});
  return all;
}

/// A handler that advances, but on job 2 tells that it is there and waits to be let go.
struct held_handler {
  std::promise<void> reached;
  std::promise<void> open;
  std::shared_future<void> opened = open.get_future().share();
  bool stop_was_asked = false;

  pipeline::outcome operator()(const pipeline::job& j, const pipeline::context& at) {
    if (j.id == 2) {
      reached.set_value();
      opened.wait();
      stop_was_asked = at.stop.stop_requested();
    }
    return pipeline::advance{};
  }
};

struct batch_fixture {
  tests::temp_dir folder;
  storage::crash_journal journal{folder.path()};
  inline_executor executor;
};

}  // namespace millrace::actors::testing
