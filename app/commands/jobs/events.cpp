#include "actors/inspector/server/build_rows.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/jobs/print_events.hpp"
#include "app/commands/jobs/records.hpp"
#include "app/commands/session.hpp"
#include "app/commands/wait_until.hpp"
#include "app/terminal/terminal.hpp"
#include "storage/history/event_follower.hpp"

#include <boost/program_options/value_semantic.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

namespace millrace::app {
namespace {

namespace po = boost::program_options;
using namespace std::chrono_literals;

/// For transactions that write events: millrace's own take milliseconds.
constexpr auto end_patience = 2s;

constexpr auto events_help = R"(
Without --after, the newest events are shown, or with --job or --code all from the first on;
--follow alone begins with what happens from now on, and goes on until Ctrl-C. With --follow, --json
prints one line an event. In a pipe: one line an event, cells separated by tabs: id, time, job,
stage, type, code and message.

Events come in the order of their ids. --after with the last id that was shown goes on where that
ended: nothing is missed and nothing comes twice.

Examples:
  millrace events --job 42
  millrace events --code TIMEOUT
  millrace events --follow --after 1203 --json
)";

void declare_events(po::options_description_easy_init add) {
  add("job", po::value<std::int64_t>()->value_name("ID"), "only events of this job");
  add("code", po::value<std::string>()->value_name("C"), "only events with this code");
  add("after", po::value<std::int64_t>()->value_name("EVENT"), "only events with a higher id");
  add("follow", "go on with events as they happen");
  add("limit", po::value<std::int64_t>()->value_name("N")->default_value(1000),
      "so many at most; with --follow, at a time");
  add("json", "print a JSON document; with --follow, one a line");
}

storage::event_filter events_of(const invocation& call, storage::connection& on) {
  storage::event_filter filter;
  filter.limit = count_option(call, "limit");
  if (call.has("job"))
    filter.job = call.get<std::int64_t>("job");
  filter.code = call.text("code");
  if (call.has("after"))
    filter.after = call.get<std::int64_t>("after");
  else if (call.has("follow") && !filter.job)
    filter.after = storage::last_event_id(on);
  else if (!filter.job && filter.code.empty())
    filter.after = std::max<std::int64_t>(0, storage::last_event_id(on) - filter.limit);
  return filter;
}

/// Never returns: Ctrl-C, or a reader that has seen enough, ends the process.
[[noreturn]] void follow(storage::event_follower from, style as) {
  for (bool first = true;; first = false) {
    print_events(actors::build_rows(from.next()), as, first);
    // With a rest in any case: a busy database has news all the time.
    bool rested = false;
    wait_until([&] { return std::exchange(rested, true) && from.has_news(); });
  }
}

/// What has happened until now. A transaction that is open for longer than any of millrace's is not
/// waited for: a reader that goes on after the last event may miss what it writes.
std::vector<storage::event_record> list(storage::connection& on, storage::event_filter filter,
                                        const clock& time) {
  storage::event_follower from{on, filter};
  auto events = from.next();
  if (!from.is_held_up())
    return events;
  const auto deadline = time.monotonic() + end_patience;
  wait_until([&] { return from.has_news() || time.monotonic() >= deadline; });
  if (!from.is_held_up())
    return from.next();
  complain(
      "millrace: a transaction that writes events has been open for seconds: its own are not "
      "shown\n  next: `millrace events --follow` waits for them\n");
  return storage::list_events(on, filter);
}

exit_code run_events(const invocation& call) {
  const auto on = open_existing(call);
  const auto as = choose_style(call.has("json"));
  const auto filter = events_of(call, *on);
  if (call.has("follow"))
    follow({*on, filter}, as);
  const auto events = actors::build_rows(list(*on, filter, call.time));
  if (as == style::json)
    print_page(to_json(events));
  else
    print_table(event_table(events), as);
  return exit_code::well;
}

}  // namespace

command events_command() {
  return {"events",
          "Show what happened to jobs, the oldest first.",
          "",
          0,
          0,
          events_help,
          declare_events,
          run_events};
}

}  // namespace millrace::app
