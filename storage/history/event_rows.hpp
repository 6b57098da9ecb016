#pragma once

#include "storage/history/job_queries.hpp"

#include <string_view>
#include <vector>

namespace millrace::storage {

/// A statement whose rows are whole events.
using event_statement =
    statement<std::int64_t, std::int64_t, std::string, std::string, std::string, std::string,
              std::string, std::string, std::int64_t, std::int64_t, std::int64_t, std::string>;

event_statement& event_rows(connection& on, std::string_view name);

/// Executes it, and adds its rows.
void read_events(event_statement& rows, std::vector<event_record>& into);

}  // namespace millrace::storage
