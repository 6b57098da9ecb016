#include "app/commands/commands.hpp"
#include "app/commands/records.hpp"
#include "app/commands/session.hpp"
#include "app/commands/wait_until.hpp"
#include "app/terminal/terminal.hpp"

#include <boost/program_options/value_semantic.hpp>

#include <algorithm>
#include <optional>

namespace millrace::app {
namespace {

namespace po = boost::program_options;

constexpr auto details = R"(
Without --after, the newest events are shown, or with --job all of the job; --follow alone begins
with what happens from now on, and goes on until Ctrl-C. With --follow, --json prints one line an
event. In a pipe: one line an event, cells separated by tabs: id, time, job, stage, type, code and
message.

Examples:
  millrace events --job 42
  millrace events --follow --json
)";

void declare(po::options_description_easy_init add) {
  add("job", po::value<std::int64_t>()->value_name("ID"), "only events of this job");
  add("after", po::value<std::int64_t>()->value_name("EVENT"), "only events with a higher id");
  add("follow", "go on with events as they happen");
  add("limit", po::value<std::int64_t>()->value_name("N")->default_value(1000),
      "so many at most; with --follow, at a time");
  add("json", "print a JSON document; with --follow, one a line");
}

storage::event_filter filter_of(const invocation& call, storage::connection& on) {
  storage::event_filter filter;
  filter.limit = count_option(call, "limit");
  if (call.has("job"))
    filter.job = call.get<std::int64_t>("job");
  if (call.has("after"))
    filter.after = call.get<std::int64_t>("after");
  else if (!filter.job)
    filter.after = std::max<std::int64_t>(
        0, storage::last_event_id(on) - (call.has("follow") ? 0 : filter.limit));
  return filter;
}

void show_piece(const std::vector<storage::event_record>& events, style as, bool first) {
  if (as == style::json)
    for (const auto& one : events)
      print(to_json(one));
  else if (!events.empty() || first)
    print_table(event_table(events), as, first);
  flush_output();
}

/// Never returns: Ctrl-C, or a reader that has seen enough, ends the process.
[[noreturn]] void follow(storage::connection& on, storage::event_filter filter, style as) {
  for (bool first = true;; first = false) {
    const auto version = on.data_version();
    const auto events = storage::list_events(on, filter);
    show_piece(events, as, first);
    if (!events.empty())
      filter.after = events.back().id;
    if (static_cast<std::int64_t>(events.size()) < filter.limit)
      wait_until([&] { return on.data_version() != version; });
  }
}

exit_code run(const invocation& call) {
  const auto on = open_existing(call.config.values);
  const auto as = choose_style(call.has("json"));
  const auto filter = filter_of(call, *on);
  if (call.has("follow"))
    follow(*on, filter, as);
  const auto events = storage::list_events(*on, filter);
  if (as == style::json)
    print(to_json(events));
  else
    print_table(event_table(events), as);
  return exit_code::well;
}

}  // namespace

command events_command() {
  return {"events", "Show what happened to jobs, the oldest first.", "", 0, 0, details, declare,
          run};
}

}  // namespace millrace::app
