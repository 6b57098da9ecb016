#include "app/error.hpp"
#include "app/settings/load.hpp"
#include "ingest/stages.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <utility>
#include <vector>

using namespace millrace;

namespace {

app::configuration load(std::vector<app::entry> entries) {
  return app::load({.config_file = {},
                    .variables = {{"HOME", "/home/somebody"}},
                    .command_line = std::move(entries),
                    .built_in = {ingest::ingest_pipeline()}});
}

/// The entries of what was set.
std::vector<app::entry> spoken(const app::configuration& all) {
  std::vector<app::entry> entries;
  for (const auto& one : all.listing)
    if (one.origin != "default")
      entries.push_back({one.key, one.value, one.origin});
  return entries;
}

}  // namespace

/// An .ini file makes settings, or an error that says what is wrong and what to do; and settings
/// that `millrace config` prints mean the same when they are read again.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto entries = app::parse_ini(fuzz::text_of(data, size), "x.ini");
    const auto first = load(entries);
    auto again = spoken(first);
    for (const auto& one : again)
      // A password is not printed.
      if (one.key == "storage.url")
        return 0;
    const auto second = load(again);
    fuzz::expect(first.listing.size() == second.listing.size(), "as many settings when read again");
    for (std::size_t i = 0; i < first.listing.size(); ++i)
      fuzz::expect(first.listing[i].value == second.listing[i].value,
                   first.listing[i].key + " means the same when read again");
  } catch (const app::error& e) {
    fuzz::expect(e.code() == app::exit_code::usage, "a wrong setting is a wrong usage");
    fuzz::expect(!e.why().empty() && !e.next().empty(), "an error says why, and what next");
  }
  return 0;
}
