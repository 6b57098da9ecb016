#include "actors/inspector/protocol/json_codec.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <limits>
#include <random>
#include <string>
#include <variant>
#include <vector>

using namespace millrace;
using namespace actors;

namespace {

/// The line without its newline, of which there is one.
std::string inner(const std::string& line) {
  REQUIRE(line.find('\n') == line.size() - 1);
  return line.substr(0, line.size() - 1);
}

template <class Request>
Request through(const Request& asked) {
  return std::get<Request>(read_request(inner(to_line(request{asked}))));
}

template <class Answer>
Answer back(const Answer& answer) {
  return read_answer<Answer>(inner(to_line(answer)));
}

}  // namespace

TEST_CASE("every request arrives as it was asked") {
  through(get_runtime{});
  through(get_actors{});
  through(get_stages{});
  through(get_health_view{});
  through(get_runtimes{});
  through(get_services_view{});
  CHECK(through(get_job{42}).job == 42);

  const auto jobs = through(get_jobs{pipeline::job_state::deadletter, "p", "s", 7});
  CHECK(jobs.state == pipeline::job_state::deadletter);
  CHECK(jobs.pipeline == "p");
  CHECK(jobs.stage == "s");
  CHECK(jobs.limit == 7);
  CHECK_FALSE(through(get_jobs{}).state);

  const auto events = through(get_events{.job = 3, .code = "TIMEOUT", .after = -1, .limit = 5});
  CHECK(events.job == 3);
  CHECK(events.code == "TIMEOUT");
  CHECK(events.after == -1);
  CHECK(events.limit == 5);

  const auto dead = through(send_back_dead{"p", "s", "C", "f", 8, "me"});
  CHECK(dead.pipeline == "p");
  CHECK(dead.stage == "s");
  CHECK(dead.code == "C");
  CHECK(dead.from == "f");
  CHECK(dead.after == 8);
  CHECK(dead.by == "me");

  for (const auto what : all_orders) {
    const auto given = through(give_order{{what, "p", "s", 9, "me\n\"\x01"}}).order;
    CHECK(given.what == what);
    CHECK(given.pipeline == "p");
    CHECK(given.stage == "s");
    CHECK(given.job == 9);
    CHECK(given.by == "me\n\"\x01");
  }
}

TEST_CASE("every answer arrives as it was given") {
  CHECK(back(order_answer{true, "so"}).text == "so");
  const auto services =
      back(services_view{"", {{"s", "degraded", 1, {{"u", "open", false, 2, "w"}}}}}).services;
  CHECK(services.at(0).state == "degraded");
  CHECK(services.at(0).endpoints.at(0).breaker == "open");
  CHECK(services.at(0).endpoints.at(0).why == "w");
  const auto sent = back(sent_back_view{"", 1, 2, {{"why", 3}}, 4});
  CHECK(sent.replayed == 1);
  CHECK(sent.changed == 2);
  CHECK(sent.refused.at(0).why == "why");
  CHECK(sent.refused.at(0).count == 3);
  CHECK(sent.next_after == 4);
  CHECK(back(runtime_view{.runtime_id = 3, .host = "h", .ended_in_10_s = 4}).ended_in_10_s == 4);
  CHECK(back(actors_view{{{.name = "a", .message_age_us = 1}}}).actors.at(0).message_age_us == 1);
  const auto stages = back(stages_view{
      5,
      "t",
      {{.pipeline = "p", .stage = "s", .jobs = {.queued = 1, .cancelled = 2}, .p99_us = 3}}});
  CHECK(stages.counted_at_us == 5);
  CHECK(stages.stages.at(0).jobs.queued == 1);
  CHECK(stages.stages.at(0).jobs.cancelled == 2);
  CHECK(stages.stages.at(0).p99_us == 3);
  CHECK(back(health_view{"degraded", {"one", "two"}}).reasons.size() == 2);
  CHECK(back(runtimes_view{1, "", {{.runtime_id = 8, .alive = true}}}).runtimes.at(0).alive);

  job_row job;
  job.id = 1;
  job.state = pipeline::job_state::working;
  job.run_at = from_us(-5);
  job.claimed_by = 6;
  job.has_begun = false;
  job.payload = R"({"a": "\u0000"})";
  const auto jobs = back(jobs_view{"", {job, {}}}).jobs;
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].state == pipeline::job_state::working);
  CHECK(jobs[0].run_at == job.run_at);
  CHECK(jobs[0].claimed_by == 6);
  CHECK_FALSE(jobs[0].has_begun);
  CHECK(jobs[0].payload == job.payload);
  CHECK_FALSE(jobs[1].claimed_by);
  CHECK(jobs[1].has_begun);

  event_row event;
  event.id = std::numeric_limits<std::int64_t>::max();
  event.message = "m";
  const auto one =
      back(job_view{.job = job, .reason = "r", .text = "t", .next = "n", .events = {event}});
  REQUIRE(one.job);
  CHECK(one.next == "n");
  CHECK(one.events.at(0).id == event.id);
  CHECK_FALSE(back(job_view{}).job);
  CHECK_FALSE(back(job_view{}).progress);
  const auto far = back(job_view{.progress = progress_view{7, 40'500, "page 12", 9}}).progress;
  REQUIRE(far);
  CHECK(far->job == 7);
  CHECK(far->percent_thousandths == 40'500);
  CHECK(far->message == "page 12");
  CHECK(far->age_us == 9);
  CHECK_FALSE(back(jobs_view{.progress = {{.job = 7}}}).progress.at(0).percent_thousandths);
  CHECK(back(events_view{"", {event}, 9}).next_after == 9);
}

TEST_CASE("a failure in place of an answer is thrown") {
  CHECK_THROWS_WITH(read_answer<actors_view>(inner(failure_line("no luck"))),
                    Catch::Contains("no luck"));
}

TEST_CASE("a request that leaves a field out, or has one of its own, is refused") {
  const std::vector<request> all{get_runtime{},     get_actors{},    get_stages{},
                                 get_health_view{}, get_runtimes{},  get_services_view{},
                                 get_jobs{},        get_job{7},      get_events{},
                                 give_order{},      send_back_dead{}};
  REQUIRE(all.size() == std::variant_size_v<request>);
  for (const auto& one : all) {
    const auto whole = nlohmann::json::parse(to_line(one));
    INFO(whole.dump());
    CHECK_NOTHROW(read_request(whole.dump()));
    for (const auto& [name, unused] : whole.items()) {
      INFO(name);
      auto less = whole;
      less.erase(name);
      CHECK_THROWS_AS(read_request(less.dump()), wire_error);
    }
    auto more = whole;
    more["colour"] = {"red"};
    CHECK_THROWS_WITH(read_request(more.dump()), Catch::Contains("colour"));
  }
  CHECK_THROWS_WITH(read_request(R"({"ask":"order"})"), Catch::Contains("\"what\" is missing"));
}

TEST_CASE("of an answer, what is missing has its default, and what is unknown is passed over") {
  CHECK(read_answer<order_answer>(R"({"done":true,"more":{}})").text.empty());
}

TEST_CASE("bytes that are not UTF-8 do not spoil an answer") {
  CHECK_THAT(back(order_answer{true, "a\xff"}).text, Catch::StartsWith("a"));
}

TEST_CASE("a line that is no request is refused, whatever it is") {
  for (const auto* line :
       {"", "null", "1", "[]", "{}", "{\"ask\":1}", "{\"ask\":\"job\",\"job\":\"7\"}",
        "{\"ask\":\"job\",\"job\":1.5}", "{\"ask\":\"job\",\"job\":1e300}",
        "{\"ask\":\"job\",\"job\":18446744073709551615}", "{\"ask\":\"job\",\"job\":true}",
        "{\"ask\":\"jobs\",\"state\":\"asleep\"}", "{\"ask\":\"order\",\"what\":\"explode\"}",
        "{\"ask\":\"events\",\"job\":{}}", "{\"ask\":\"job\"", "\xff"}) {
    INFO(line);
    CHECK_THROWS_AS(read_request(line), wire_error);
  }
  CHECK_THROWS_AS(read_request(std::string(request_limit, '[')), wire_error);
}

TEST_CASE("a damaged line is refused or read, and nothing else") {
  std::mt19937 random{11};
  const auto good = inner(to_line(request{get_events{.job = 3, .code = "C"}}));
  for (int i = 0; i < 20'000; ++i) {
    auto line = good;
    for (auto changes = 1 + random() % 4; changes > 0; --changes)
      line[random() % line.size()] = static_cast<char>(random());
    line.resize(1 + random() % line.size());
    try {
      read_request(line);
    } catch (const wire_error&) {
    }
  }
}
