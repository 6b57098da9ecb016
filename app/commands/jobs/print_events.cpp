#include "app/commands/jobs/print_events.hpp"

#include "app/commands/jobs/records.hpp"

namespace millrace::app {

void print_events(const std::vector<storage::event_record>& events, style as, bool first) {
  if (as == style::json)
    for (const auto& one : events)
      print_page(to_json(one));
  else if (!events.empty() || first)
    print_table(event_table(events), as, first);
  flush_output();
}

}  // namespace millrace::app
