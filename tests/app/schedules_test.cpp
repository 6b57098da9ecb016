#include "storage/db/database.hpp"
#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <soci/soci.h>

#include <string>

using millrace::tests::sandbox;
using nlohmann::json;

namespace {

std::string configure(const sandbox& in, const std::string& schedule) {
  return in.write("m.ini",
                  "[pipeline.nightly]\nstages = only\n[stage.nightly.only]\nhandler = noop\n"
                  "[schedule.cleaning]\n" +
                      schedule);
}

constexpr auto yearly =
    "cron = @yearly Europe/Berlin\npipeline = nightly\npayload = {\"all\": true}\npriority = 7\n";

}  // namespace

TEST_CASE("a schedule that was missed is made up for at the next start, and shown") {
  sandbox in;
  const auto config = configure(in, yearly);
  const auto data = (in.folder() / "data").string();
  const auto millrace = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--config", config, "--runtime.data_dir", data});
    return in.millrace(words);
  };
  REQUIRE(millrace({"run", "--until-idle"}).code == 0);
  CHECK_THAT(millrace({"schedules"}).out,
             Catch::Contains("cleaning\tnightly\t") && Catch::Contains("@yearly Europe/Berlin"));
  CHECK(json::parse(millrace({"jobs", "--json"}).out).empty());
  {
    // As if the last year had ended while no runtime was up.
    millrace::storage::connection on{{.url = "sqlite:" + data + "/millrace.db"}};
    on.session() << "update schedules set next_at = 1767222000000000";
  }
  const auto run = millrace({"run", "--until-idle"});
  CHECK(run.code == 0);
  CHECK_THAT(run.err, Catch::Contains("SCHEDULE_DUE schedule=cleaning due=2025-12-31T23:00:00"));
  const auto jobs = json::parse(millrace({"jobs", "--json"}).out);
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0]["pipeline"] == "nightly");
  CHECK(jobs[0]["priority"] == 7);
  CHECK(jobs[0]["payload"]["all"] == true);
  const auto shown = json::parse(millrace({"schedules", "--json"}).out)[0];
  CHECK(shown["last_at"] == "2025-12-31T23:00:00.000000Z");
  CHECK(shown["last_job"] == jobs[0]["job_id"]);
}

TEST_CASE("a schedule that cannot be kept is refused at the start, with what to do") {
  const sandbox in;
  const auto refused = [&](const std::string& schedule) {
    const auto said = in.millrace({"config", "--config", configure(in, schedule)});
    CHECK(said.code == 2);
    return said.err;
  };
  CHECK_THAT(refused("pipeline = nightly\n"),
             Catch::Contains("`cleaning`") && Catch::Contains("it has no cron"));
  CHECK_THAT(refused("cron = @daily\n"), Catch::Contains("it has no pipeline"));
  CHECK_THAT(refused("cron = @daily\npipeline = nightli\n"),
             Catch::Contains("did you mean `nightly`"));
  CHECK_THAT(refused("cron = 0 25 * * *\npipeline = nightly\n"),
             Catch::Contains("`25` is no hour"));
  CHECK_THAT(refused("cron = 0 3 * * * Europe/Berlon\npipeline = nightly\n"),
             Catch::Contains("no time zone"));
  CHECK_THAT(refused("cron = @daily\npipeline = nightly\npayload = {all}\n"),
             Catch::Contains("a JSON document"));
  CHECK_THAT(refused("cron = @daily\npipeline = nightly\npayload = {\"all\": \"\\u0000\"}\n"),
             Catch::Contains("without NUL"));
  CHECK_THAT(refused("cron = @daily\npipeline = nightly\nmised = once\n"),
             Catch::Contains("schedule.cleaning.missed"));
}
