#include "app/commands/commands.hpp"
#include "app/commands/inspect/attach.hpp"
#include "app/commands/inspect/inspect_events.hpp"
#include "app/commands/inspect/inspect_orders.hpp"
#include "app/commands/inspect/inspect_views.hpp"
#include "app/commands/jobs/job_filter.hpp"
#include "app/commands/session.hpp"
#include "app/nearest.hpp"
#include "app/screen/terminal_kind.hpp"
#include "app/screen/terminal_ui.hpp"
#include "app/terminal/terminal.hpp"
#include "storage/history/job_json.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <thread>

namespace millrace::app {
namespace {

namespace po = boost::program_options;
using namespace std::chrono_literals;

constexpr auto inspect_help = R"(
Attaches to the runtime that uses runtime.data_dir, or to the one at --connect. On a terminal, with
no view named, it fills the screen with all of them and takes orders by keys: ? shows them, q quits.
Views:
  status              what the runtime is and how it fares
  actors              each of its actors: mailbox, work, restarts, and what it has in hand
  stages              jobs at each stage, speed, pauses
  health              healthy, degraded or unhealthy, and why; ends with 1 unless healthy
  runtimes            every runtime on the database
  services            services that are reached over a network, with their circuit breakers
  jobs                jobs, the newest first; --state, --pipeline, --stage, --limit
  job ID              one job: all about it, how far it is, why it waits or failed, its events
  explain ID          why it waits or failed, and what to do
  events              what happened to jobs; --job, --code, --after, --limit, --follow
Orders:
  pause STAGE, resume STAGE, cancel ID, retry ID, replay ID --from STAGE
  replay --dead       all dead jobs, or those of --pipeline, --stage, --code; --from, --yes
  drain               begin nothing new, end when what is at work has ended
  stop                give back what is at work, and end

Examples:
  millrace inspect status
  millrace inspect stages --watch
  millrace inspect events --follow --job 42
  millrace inspect health --connect mill.example.org:7117 --cert me.pem
)";

void declare_inspect(po::options_description_easy_init add) {
  declare_attaching(add);
  add("json", "print a JSON document; with --watch or --follow one a line");
  add("watch", "refresh it each second, until Ctrl-C");
  add("follow", "events: go on as they happen, until Ctrl-C");
  add("pipeline", po::value<std::string>()->value_name("P"),
      "jobs, replay --dead: only of this pipeline; pause, resume: the stage's pipeline, ingest "
      "without it");
  add("stage", po::value<std::string>()->value_name("S"),
      "jobs, replay --dead: only at this stage");
  add("state", po::value<std::string>()->value_name("S"), "jobs: only in this state");
  add("job", po::value<std::int64_t>()->value_name("ID"), "events: only of this job");
  add("code", po::value<std::string>()->value_name("C"),
      "events: only with this code; replay --dead: only those that died of it");
  add("after", po::value<std::int64_t>()->value_name("EVENT"), "events: only with a higher id");
  add("limit", po::value<std::int64_t>()->value_name("N"), "jobs, events: so many at most");
  add("from", po::value<std::string>()->value_name("STAGE"), "replay: the stage to begin at");
  add("dead", "replay: send dead jobs back");
  add("yes", "replay --dead: do not ask");
}

actors::get_jobs asked_jobs(const invocation& call) {
  const auto filter = job_filter_of(call);
  return {filter.state, filter.pipeline, filter.stage, filter.limit};
}

struct view {
  std::function<shown_view(actors::attachment&, const invocation&)> show;
  bool of_a_job = false;
};

const std::map<std::string, view>& views() {
  static const std::map<std::string, view> all{
      {"status", {[](auto& from, auto& call) { return show(from.runtime(), call.time.now()); }}},
      {"actors", {[](auto& from, auto&) { return show(from.actors()); }}},
      {"stages", {[](auto& from, auto& call) { return show(from.stages(), call.time.now()); }}},
      {"health", {[](auto& from, auto&) { return show(from.health()); }}},
      {"runtimes", {[](auto& from, auto& call) { return show(from.runtimes(), call.time.now()); }}},
      {"services", {[](auto& from, auto& call) { return show(from.services(), call.time.now()); }}},
      {"jobs", {[](auto& from, auto& call) { return show(from.jobs(asked_jobs(call))); }}},
      {"job",
       {[](auto& from, auto& call) { return show_job(from.job(job_id(call.arguments[1]))); },
        true}},
      {"explain",
       {[](auto& from, auto& call) {
          return show_explanation(from.job(job_id(call.arguments[1])), job_id(call.arguments[1]));
        },
        true}}};
  return all;
}

void print_view(const shown_view& what, style as, bool one_line = false) {
  if (as == style::json) {
    print_page((one_line ? storage::in_one_line(what.document) : storage::in_lines(what.document)) +
               '\n');
    return;
  }
  print_table(what.rows, as);
  if (what.more) {
    print("\n");
    print_table(*what.more, as);
  }
  if (as == style::aligned)
    print_page(what.note);
}

/// Never returns: Ctrl-C, or a reader that has seen enough, ends the process. A runtime that goes
/// away is waited for.
[[noreturn]] void watch(const invocation& call, const view& what, style as) {
  auto on = attach(call);
  for (;;) {
    try {
      if (!on)
        on = attach(call);
      const auto shown = what.show(*on, call);
      if (as == style::aligned)
        clear_screen();
      print_view(shown, as, /*one_line=*/true);
    } catch (const actors::attach_error& gone) {
      if (on)
        complain("millrace: waiting for the runtime: {}\n", gone.why());
      on = nullptr;
    }
    flush_output();
    std::this_thread::sleep_for(1s);
  }
}

exit_code run_view(const invocation& call, const view& what) {
  const auto as = choose_style(call.has("json"));
  if (call.has("watch"))
    watch(call, what, as);
  const auto shown = what.show(*attach(call), call);
  print_view(shown, as);
  return shown.is_well ? exit_code::well : exit_code::no;
}

void check_arguments(const invocation& call, const std::string& name, bool of_a_job) {
  if (of_a_job && call.arguments.size() < 2)
    throw bad_usage("cannot show the job", "ID is missing",
                    "`millrace inspect jobs` shows the ids");
  if (!of_a_job && call.arguments.size() > 1)
    throw bad_usage(fmt::format("cannot show `{}`", call.arguments[1]),
                    fmt::format("the view `{}` takes no argument", name),
                    "see `millrace inspect --help`");
}

exit_code run_inspect(const invocation& call) {
  if (call.arguments.empty() && !call.has("json") && !call.has("watch") && can_go_full_screen()) {
    run_full_screen([&] { return as_runtime_client(attach(call)); }, user_name(), call.time);
    return exit_code::well;
  }
  const std::string what = call.arguments.empty() ? "status" : call.arguments.front();
  const auto orders = inspect_orders();
  if (std::find(orders.begin(), orders.end(), what) != orders.end())
    return give_order(call, what);
  const auto at = views().find(what);
  if (at == views().end() && what != "events") {
    std::vector<std::string> known{orders};
    known.emplace_back("events");
    for (const auto& [name, unused] : views())
      known.push_back(name);
    throw bad_usage("cannot inspect the runtime", fmt::format("unknown view or order `{}`", what),
                    did_you_mean(what, known) + " See `millrace inspect --help`");
  }
  check_arguments(call, what, at != views().end() && at->second.of_a_job);
  return what == "events" ? inspect_events(call) : run_view(call, at->second);
}

}  // namespace

command inspect_command() {
  return {"inspect",
          "Look into a running runtime, and direct it.",
          "[VIEW [ID] | ORDER [STAGE | ID]]",
          0,
          2,
          inspect_help,
          declare_inspect,
          run_inspect};
}

}  // namespace millrace::app
