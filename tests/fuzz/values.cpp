#include "app/settings/size.hpp"
#include "base/cron.hpp"
#include "base/duration.hpp"
#include "base/error.hpp"
#include "base/iso8601.hpp"
#include "net/host_port.hpp"
#include "pipeline/limits.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <chrono>

using namespace millrace;

namespace {

void check_cron(std::string_view text) {
  try {
    const cron due{text};
    const auto after = time_point{std::chrono::sys_days{std::chrono::year{2026} / 3 / 28}};
    const auto next = due.next(after);
    fuzz::expect(next > after, "the next time is later");
    fuzz::expect(due.next(next) > next, "and so is the one after it");
  } catch (const millrace::error& e) {
    fuzz::expect(!e.why().empty() && !e.next().empty(), "an error says why, and what next");
  }
}

}  // namespace

/// Times, sizes and addresses as people write them: what is read means the same when it is printed
/// and read again.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  if (const auto read = parse_duration(text))
    fuzz::expect(parse_duration(format_duration(*read)) == read, "durations");
  if (const auto read = app::parse_size(text))
    fuzz::expect(app::parse_size(app::format_size(*read)) == read, "sizes");
  if (const auto read = parse_iso8601(text))
    fuzz::expect(parse_iso8601(to_iso8601_us(*read)) == read, "times");
  if (const auto read = net::parse_host_port(text)) {
    const auto again = net::parse_host_port(net::to_string(*read));
    fuzz::expect(again && again->host == read->host && again->port == read->port, "addresses");
  }
  if (const auto read = pipeline::parse_rate(text))
    fuzz::expect(pipeline::parse_rate(pipeline::format_rate(*read)) == read, "rates");
  check_cron(text);
  return 0;
}
