#include "tests/simulation/simulation.hpp"

#include "tests/simulation/world.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>

namespace millrace::simulation {
namespace {

/// In memory, where there is such a folder: thousands of databases are made and thrown away.
std::filesystem::path databases() {
  const std::filesystem::path shm{"/dev/shm"};
  return std::filesystem::is_directory(shm) ? shm : std::filesystem::temp_directory_path();
}

}  // namespace

run_report simulate(const plan& what, bool keep_history) {
  const tests::temp_dir folder{databases()};
  scene in{what, folder.path()};
  in.keeps_history = keep_history;
  const auto begin = in.now;
  run_report report;
  {
    world all{in};
    try {
      all.run();
    } catch (const violation& broken) {
      report.broken = broken;
      in.tell(broken.what());
    }
    report.digest = in.digest;
    report.history = std::move(in.history);
    report.jobs = static_cast<std::int64_t>(in.looked->jobs().size());
  }
  report.simulated = in.now - begin;
  report.messages = in.handled;
  report.calls = static_cast<std::int64_t>(in.calls.size());
  return report;
}

}  // namespace millrace::simulation
