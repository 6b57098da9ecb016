#include "ingest/parse/pool/parser_pool.hpp"

#include "ingest/parse/parser_exit.hpp"
#include "ingest/parse/parser_process.hpp"
#include "ingest/parse/pool/parser_worker.hpp"

#include <fcntl.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace millrace::ingest::pool {
namespace {

/// A tool that is missing is looked for by a new process.
bool misses_something(const os::command_result& result) {
  return result.how == os::ending::exited &&
         (result.status == parser_exit::not_found || result.status == parser_exit::cannot_start);
}

}  // namespace

parser_pool::parser_pool(parser_settings settings) : settings_(std::move(settings)) {}
parser_pool::~parser_pool() = default;

os::command_result parser_pool::read(const request& what, const unique_fd& file,
                                     const std::stop_token& stop) {
  const stop_event stopped{stop};
  for (;;) {
    auto worker = take();
    const bool is_new = worker == nullptr;
    if (is_new)
      worker = std::make_unique<parser_worker>(helper_path(settings_));
    if (worker->failure() != 0)
      return {os::ending::not_started, worker->failure(), {}, {}, {}};
    unique_fd input{::fcntl(file.get(), F_DUPFD_CLOEXEC, 0)};
    if (!input)
      throw std::system_error{errno, std::generic_category(), "cannot hand a file to a parser"};
    auto result = worker->read(what, std::move(input), settings_.time_limit, stopped);
    if (!result && is_new)
      return {os::ending::exited, 1, {}, "it ended at its start", {}};
    // One that ended while it had nothing to do is replaced.
    if (!result)
      continue;
    if (worker->is_usable() && !misses_something(*result))
      give_back(std::move(worker));
    return *std::move(result);
  }
}

std::vector<pid_t> parser_pool::idle() const {
  const std::scoped_lock guard{mutex_};
  std::vector<pid_t> all;
  for (const auto& worker : idle_)
    all.push_back(worker->pid());
  return all;
}

std::unique_ptr<parser_worker> parser_pool::take() {
  const std::scoped_lock guard{mutex_};
  if (idle_.empty())
    return nullptr;
  // The one that was last at work: what it needs is still near.
  auto worker = std::move(idle_.back());
  idle_.pop_back();
  return worker;
}

void parser_pool::give_back(std::unique_ptr<parser_worker> worker) {
  const std::scoped_lock guard{mutex_};
  idle_.push_back(std::move(worker));
}

}  // namespace millrace::ingest::pool
