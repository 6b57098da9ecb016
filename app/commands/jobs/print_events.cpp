#include "app/commands/jobs/print_events.hpp"

#include "app/commands/jobs/records.hpp"

namespace millrace::app {

void print_events(const std::vector<actors::event_row>& events, style as, bool first) {
  if (as == style::json)
    for (const auto& event : events)
      print_page(to_json(event));
  else if (!events.empty() || first)
    print_table(event_table(events), as, first);
  flush_output();
}

}  // namespace millrace::app
