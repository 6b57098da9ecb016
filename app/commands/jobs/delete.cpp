#include "app/commands/commands.hpp"
#include "app/commands/delete_documents.hpp"
#include "app/commands/jobs/change_many.hpp"
#include "app/commands/jobs/control.hpp"
#include "app/commands/session.hpp"
#include "storage/history/order_event.hpp"
#include "storage/retention/delete_jobs.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

#include <array>
#include <string>

namespace millrace::app {
namespace {

namespace po = boost::program_options;

constexpr std::array ended_states{pipeline::job_state::done, pipeline::job_state::cancelled,
                                  pipeline::job_state::deadletter};

constexpr auto delete_help = R"(
Deletes jobs that have ended, with their payloads and outputs, before retention would. Their events stay
until retention.events is over. What an archive is to keep, leave to retention: these do not get there. A
child for whose end its parent may yet ask stays.

With an id or --path deletes documents: their text, chunks, vectors and bytes, with all versions of
a path. A document that another path has stays. One that a job works on is refused.

Examples:
  millrace delete 3f1c9b1e-7f5e-5d57-a3c1-52f0f6f4f0b1
  millrace delete --path ~/papers/old --yes
  millrace delete --state deadletter --code FILE_NOT_FOUND --dry-run
  millrace delete --state done --pipeline words --yes
)";

void declare_delete(po::options_description_easy_init add) {
  add("state", po::value<std::string>()->value_name("STATE"),
      "those in this state: done, cancelled or deadletter");
  add("pipeline", po::value<std::string>()->value_name("P"), "only those of this pipeline");
  add("stage", po::value<std::string>()->value_name("S"), "only those that ended at this stage");
  add("code", po::value<std::string>()->value_name("C"),
      "only those whose last failure has this code");
  declare_delete_documents(add);
  declare_many(add);
}

exit_code run_delete(const invocation& call) {
  if (names_documents(call))
    return delete_documents(call);
  if (!call.has("state"))
    throw bad_usage(
        "cannot delete", "--state is missing",
        "say which: done, cancelled or deadletter; documents are named by their ids or --path");
  auto filter = read_filter<storage::ended_filter>(call);
  filter.state = choice_option(call, "state", ended_states, "state");
  const auto on = open_existing(call);
  const auto found = storage::list_ended(*on, filter);
  return change_many(
      call, {found.jobs, found.counts, "CODE"},
      {.done = "deleted",
       .question = fmt::format("delete {}?", count_jobs(found.jobs.size())),
       .none = fmt::format("no job that is {} matches", to_string(filter.state)),
       .change = [&](auto piece) {
         storage::transaction tx{*on};
         auto became = storage::delete_ended(*on, piece);
         storage::record_order(
             *on,
             fmt::format("{} are deleted by {}",
                         count_jobs(static_cast<std::size_t>(became.replayed)), user_name()),
             call.time.now());
         tx.commit();
         return became;
       }});
}

}  // namespace

command delete_command() {
  return {"delete",       "Delete documents, or jobs that have ended.",
          "[ID...]",      0,
          any_number,     delete_help,
          declare_delete, run_delete};
}

}  // namespace millrace::app
