#include "app/commands/inspect/inspect_events.hpp"

#include "app/commands/inspect/attach.hpp"
#include "app/commands/jobs/print_events.hpp"
#include "app/commands/jobs/records.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"

#include <chrono>
#include <thread>

namespace millrace::app {
namespace {

using namespace std::chrono_literals;

/// Between two requests when there was nothing new.
constexpr auto pause = 250ms;

actors::get_events asked_events(const invocation& call) {
  actors::get_events filter{.code = call.text("code"), .after = -1};
  if (call.has("job"))
    filter.job = call.get<std::int64_t>("job");
  if (call.has("after"))
    filter.after = call.get<std::int64_t>("after");
  if (call.has("limit"))
    filter.limit = count_option(call, "limit");
  return filter;
}

actors::events_view ask(actors::attachment& from, const actors::get_events& filter) {
  auto view = from.events(filter);
  if (!view.trouble.empty())
    throw error{exit_code::database, "cannot list events", view.trouble,
                "`millrace inspect health` says how the runtime fares"};
  return view;
}

/// Never returns: Ctrl-C, or a reader that has seen enough, ends the process.
[[noreturn]] void follow(const invocation& call, actors::get_events filter, style as) {
  auto on = attach(call);
  // Alone, it begins with what happens from now on.
  if (filter.after < 0 && !filter.job)
    filter.after = ask(*on, {.after = -1, .limit = 1}).next_after;
  for (bool first = true;;) {
    bool rests = true;
    try {
      if (!on)
        on = attach(call);
      const auto view = ask(*on, filter);
      print_events(view.events, as, first);
      first = false;
      filter.after = view.next_after;
      rests = view.events.empty();
    } catch (const actors::attach_error& gone) {
      if (on)
        complain("millrace: waiting for the runtime: {}\n", gone.why());
      on = nullptr;
    }
    if (rests)
      std::this_thread::sleep_for(pause);
  }
}

}  // namespace

exit_code inspect_events(const invocation& call) {
  const auto as = choose_style(call.has("json"));
  const auto filter = asked_events(call);
  if (call.has("follow"))
    follow(call, filter, as);
  const auto view = ask(*attach(call), filter);
  if (as == style::json)
    print_page(to_json(view.events));
  else
    print_table(event_table(view.events), as);
  return exit_code::well;
}

}  // namespace millrace::app
