#include "tests/simulation/simulation.hpp"

#include "tests/simulation/world.hpp"

#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace millrace::simulation {
namespace {

/// In memory: thousands of databases are made and thrown away.
class memory_folder {
 public:
  memory_folder() {
    const std::filesystem::path shm{"/dev/shm"};
    const auto root =
        std::filesystem::is_directory(shm) ? shm : std::filesystem::temp_directory_path();
    auto pattern = (root / "millrace-sim-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr)
      throw std::runtime_error{"cannot make a folder in " + root.string()};
    path_ = pattern;
  }
  ~memory_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  memory_folder(const memory_folder&) = delete;
  memory_folder& operator=(const memory_folder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

run_report simulate(const plan& what, bool keep_history) {
  const memory_folder folder;
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
