#include "app/error.hpp"
#include "app/settings/load.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace millrace;
using namespace millrace::app;

namespace {

configuration load_with(std::vector<entry> entries) {
  return load({"", {{"HOME", "/home/ada"}}, std::move(entries), {}});
}

/// Enough of a configuration for each of the keys below.
std::vector<entry> surroundings() {
  const std::string from = "command line";
  return {{"pipeline.nightly.stages", "fetch, publish", from},
          {"stage.nightly.fetch.handler", "noop", from},
          {"stage.nightly.publish.handler", "noop", from},
          {"schedule.cleaning.cron", "@daily", from},
          {"schedule.cleaning.pipeline", "nightly", from},
          {"service.parser.endpoints", "https://parser/v1", from},
          {"service.embedder.endpoints", "https://embedder/v1", from},
          {"service.embedder.model", "hashing", from},
          {"service.embedder.dimensions", "384", from}};
}

configuration load_choice(const std::string& key, const std::string& value) {
  auto all = surroundings();
  all.push_back({key, value, "command line"});
  return load_with(std::move(all));
}

std::string value_listed(const configuration& all, const std::string& key) {
  const auto at = std::find_if(all.listing.begin(), all.listing.end(),
                               [&](const auto& one) { return one.key == key; });
  return at == all.listing.end() ? "not listed" : at->value;
}

struct choice {
  std::string key;
  /// As messages list them.
  std::vector<std::string> names;
  std::string allowed;
};

const std::vector<choice>& choices() {
  static const std::vector<choice> all{
      {"log.level",
       {"debug", "info", "warning", "error", "off"},
       "debug or info or warning or error or off"},
      {"log.format", {"text", "json"}, "text or json"},
      {"service.parser.mode", {"local", "remote", "hybrid"}, "local or remote or hybrid"},
      {"service.parser.files", {"all", "pdf", "html"}, "all or pdf or html"},
      {"service.embedder.mode", {"local", "remote", "hybrid"}, "local or remote or hybrid"},
      {"stage.nightly.publish.join", {"none", "all", "finished"}, "none or all or finished"},
      {"schedule.cleaning.missed", {"once", "never", "each"}, "once or never or each"}};
  return all;
}

}  // namespace

TEST_CASE("a setting that is a choice takes each of its names, and config prints the same one") {
  for (const auto& [key, names, allowed] : choices())
    for (const auto& name : names) {
      CAPTURE(key, name);
      CHECK(value_listed(load_choice(key, name), key) == name);
    }
}

TEST_CASE("another name than those of a choice is refused, and all of them are listed") {
  for (const auto& [key, names, allowed] : choices())
    for (const auto* wrong : {"warned", "", "0", "locally"}) {
      CAPTURE(key, wrong);
      CHECK_THROWS_WITH(load_choice(key, wrong),
                        Catch::Contains(fmt::format("`{} = {}` is not allowed", key, wrong)) &&
                            Catch::Contains(fmt::format("allowed is: {}", allowed)));
    }
}

TEST_CASE("the names of a choice are those of its enumeration") {
  CHECK(load_choice("log.level", "warning").values.log_level == log_level::warning);
  CHECK(load_choice("log.format", "json").values.log_format == log_format::json);
  CHECK(load_choice("service.parser.mode", "remote").values.parser.mode == service_mode::remote);
  CHECK(load_choice("service.parser.files", "html").values.parser.files == remote_files::html);
  CHECK(load_choice("service.embedder.mode", "hybrid").values.embedder.mode ==
        service_mode::hybrid);
  CHECK(load_choice("stage.nightly.publish.join", "finished").pipelines.at(0).stages.at(1).join ==
        pipeline::join_policy::finished);
  CHECK(load_choice("schedule.cleaning.missed", "each").schedules.at(0).missed ==
        storage::missed_runs::each);
}
