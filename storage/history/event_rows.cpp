#include "storage/history/event_rows.hpp"

namespace millrace::storage {

event_statement& event_rows(connection& on, std::string_view name) {
  return on
      .prepared<std::int64_t, std::int64_t, std::string, std::string, std::string, std::string,
                std::string, std::string, std::int64_t, std::int64_t, std::int64_t, std::string>(
          name);
}

void read_events(event_statement& rows, std::vector<event_record>& into) {
  rows.each([&](std::int64_t id, std::int64_t job, const std::string& in, const std::string& stage,
                const std::string& type, const std::string& severity, const std::string& code,
                const std::string& message, std::int64_t epoch, std::int64_t attempt,
                std::int64_t at, const std::string& correlation_id) {
    into.push_back({id, job, in, stage, type, severity, code, message, epoch,
                    static_cast<int>(attempt), from_us(at), correlation_id});
  });
}

}  // namespace millrace::storage
