#include "tests/kills/lost_link.hpp"

#include "storage/db/database.hpp"
#include "tests/app/sandbox.hpp"
#include "tests/kills/moments.hpp"
#include "tests/kills/network_namespace.hpp"
#include "tests/kills/options.hpp"
#include "tests/kills/postgres_server.hpp"
#include "tests/kills/records.hpp"
#include "tests/support/paths.hpp"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>

namespace millrace::killtest {
namespace {

using namespace std::chrono_literals;

// The server ends the sessions of one that is silent after three of these five seconds.
constexpr auto lost_link_settings = R"(
[storage]
schema = killtest
blob_dir = {}
[runtime]
lease = 5s
controls_interval = 200ms
[pipeline.p]
stages = nap
[stage.p.nap]
handler = sleep:1h
)";

class two_machines {
 public:
  two_machines() {
    std::filesystem::permissions(in_.folder(), std::filesystem::perms{0711});
    server_ = std::make_unique<postgres_server>(
        in_.folder() / "database", std::vector{networks_[0].outside(), networks_[1].outside()});
    known_ = std::make_unique<records>(
        storage::database_settings{.url = server_->url(), .schema = "killtest"});
    in_.write("killtest.ini",
              fmt::format(fmt::runtime(lost_link_settings), (in_.folder() / "blobs").string()));
  }
  ~two_machines() {
    for (const auto& one : processes_)
      if (one && !one->has_ended())
        one->signal(SIGKILL);
  }
  two_machines(const two_machines&) = delete;
  two_machines& operator=(const two_machines&) = delete;

  std::vector<std::string> run() {
    start(0);
    known_->number("select count(millrace_submit('p', jsonb_build_object('n', 1)))");
    require(holds("(select count(*) from in_hand) > 0"), "no handler got the job");
    start(1);
    let_watch();
    networks_[0].cut();
    processes_[1]->wait_for_error("JOBS_RESCUED");
    require(known_->number("select max(crashes) from jobs") == 0,
            "what lives and is cut off was charged");
    networks_[0].mend();
    processes_[0]->wait_for_error("LEASE_LOST");
    require(holds("(select count(*) from jobs where state = 'working') > 0"),
            "the job did not go on");
    // It has taken a new identity by now, and watches.
    require(holds("(select count(*) from runtimes where ended = 0) = 2"), "it did not come back");
    let_watch();
    processes_[1]->signal(SIGKILL);
    require(holds("(select max(crashes) from jobs) = 1"), "what was killed was not charged");
    return std::move(faults_);
  }

 private:
  void start(std::size_t which) {
    // The namespace of pids ends with it.
    processes_[which] = std::make_unique<tests::running>(in_.start_in_shell(networks_[which].enter(
        fmt::format("unshare --pid --fork --kill-child {} run --config {} --storage.url {}"
                    " --runtime.data_dir {}",
                    tests::build_path("millrace"), (in_.folder() / "killtest.ini").string(),
                    server_->url(networks_[which].outside()),
                    (in_.folder() / fmt::format("runtime{}", which)).string()))));
    processes_[which]->wait_for_error("RUNTIME_READY");
  }

  bool holds(const std::string& condition) {
    return comes_to_hold(
        [&] { return known_->number("select case when " + condition + " then 1 else 0 end") == 1; },
        60s);
  }

  /// Until each has renewed its lease, twice.
  void let_watch() {
    const auto beats = [&] {
      return known_->number("select min(beat) from runtimes where ended = 0");
    };
    const auto before = beats();
    require(comes_to_hold([&] { return beats() >= before + 2; }, 60s), "leases are not renewed");
  }

  void require(bool is_so, const char* otherwise) {
    if (!is_so)
      faults_.emplace_back(otherwise);
  }

  tests::sandbox in_;
  network_namespace networks_[2]{network_namespace{0}, network_namespace{1}};
  std::unique_ptr<postgres_server> server_;
  std::unique_ptr<records> known_;
  std::unique_ptr<tests::running> processes_[2];
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> charge_only_the_dead() { return two_machines{}.run(); }

}  // namespace millrace::killtest
