#include "tests/kills/process_group.hpp"

#include "tests/kills/moments.hpp"
#include "tests/support/paths.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>

namespace millrace::killtest {
namespace {

using namespace std::chrono_literals;

/// The end of what it said, where a failure is told.
std::string last_words(const std::string& said) {
  constexpr std::size_t enough = 1500;
  return said.size() > enough ? said.substr(said.size() - enough) : said;
}

}  // namespace

process_group::process_group(const tests::sandbox& in, std::string config,
                             std::vector<std::filesystem::path> data_dirs)
    : in_{in}, config_{std::move(config)}, data_dirs_{std::move(data_dirs)} {
  for (int i = 0; i < size(); ++i)
    start(i);
}

process_group::~process_group() {
  for (const auto& [which, one] : members_) {
    ::kill(one.process.pid(), SIGKILL);
    ::waitpid(one.process.pid(), nullptr, 0);
  }
}

std::vector<std::string> process_group::words(int which) const {
  return {"run", "--config", config_, "--runtime.data_dir",
          data_dirs_[static_cast<std::size_t>(which)].string()};
}

void process_group::start(int which, const std::string& limits) {
  auto process =
      limits.empty()
          ? in_.start(words(which))
          : in_.start_in_shell(fmt::format("{}; exec {} {}", limits, tests::build_path("millrace"),
                                           fmt::join(words(which), " ")));
  members_.insert_or_assign(which, member{std::move(process), !limits.empty()});
}

void process_group::kill(int which) {
  if (!has_ended(which))
    ++kills_;
  signal(which, SIGKILL);
  reap(which);
}

void process_group::signal(int which, int number) { members_.at(which).process.signal(number); }

void process_group::terminate(int which) {
  // Before that, a signal ends it as it ends any process.
  let_start(which);
  signal(which, SIGTERM);
  if (!comes_to_hold([&] { return has_ended(which); }, 60s)) {
    faults_.push_back(fmt::format("runtime {} did not end on SIGTERM", which));
    signal(which, SIGKILL);
  }
  if (const auto code = reap(which); code != 0)
    faults_.push_back(fmt::format("runtime {} ended with {} on SIGTERM", which, code));
}

void process_group::restart_dead() {
  for (int i = 0; i < size(); ++i)
    if (has_ended(i)) {
      const auto code = reap(i);
      if (code != 128 + SIGKILL)
        faults_.push_back(fmt::format("runtime {} ended by itself, with {}", i, code));
      start(i);
    }
}

void process_group::try_a_second(int which) {
  let_start(which);
  const auto& first = members_.at(which).process;
  const auto second = in_.millrace(words(which));
  if (second.code != 3 || second.err.find(std::to_string(first.pid())) == std::string::npos)
    faults_.push_back(
        fmt::format("a second runtime ended with {}: {}", second.code, last_words(second.err)));
}

void process_group::let_start(int which) const {
  const auto& process = members_.at(which).process;
  comes_to_hold([&] { return process.said("RUNTIME_STARTING") || process.has_ended(); }, 60s);
}

int process_group::reap(int which) {
  const auto one = members_.at(which);
  const auto ended = one.process.wait();
  members_.erase(which);
  for (const auto* bad : {"Sanitizer", "runtime error:", "MILLRACE_CHECK"})
    if (ended.err.find(bad) != std::string::npos)
      faults_.push_back(fmt::format("runtime {} said: {}", which, last_words(ended.err)));
  if (one.is_in_want)
    ++ends_in_want_[ended.code];
  else if (ended.code != 0 && ended.code != 128 + SIGKILL)
    faults_.push_back(fmt::format("runtime {} said at last: {}", which, last_words(ended.err)));
  return ended.code;
}

}  // namespace millrace::killtest
