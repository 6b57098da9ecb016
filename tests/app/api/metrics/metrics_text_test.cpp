#include "app/api/metrics/metrics_text.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <limits>
#include <string>

namespace {

using namespace millrace::app::api;

constexpr metric_family done{"mill_jobs_done", metric_type::counter, "stage",
                             "Jobs that are done."};
constexpr metric_family busy{"mill_busy_seconds", metric_type::counter, "", "Time at work."};
constexpr metric_family waiting{"mill_waiting_jobs", metric_type::gauge, "pipeline, stage",
                                "Jobs that wait."};
constexpr metric_family build{"mill_build", metric_type::info, "version", "The version."};
constexpr metric_family calls{"mill_call_seconds", metric_type::histogram, "stage", "Calls."};

/// One of each type.
std::string sample_text(exposition format) {
  constexpr std::array bounds{0.00001, 0.5, 1.0};
  constexpr std::array<std::int64_t, 4> counts{1, 0, 2, 4};
  metrics_text text{format};
  text.family(build);
  text.flag({"1.2"}, true);
  text.family(done);
  text.sample({"grind"}, std::int64_t{7});
  text.sample({"sift"}, std::int64_t{0});
  text.family(busy);
  text.sample({}, 1.5);
  text.family(waiting);
  text.sample({"flour", "grind"}, std::int64_t{3});
  text.family(calls);
  text.histogram({"grind"}, bounds, counts, 12.25);
  return text.finish();
}

TEST_CASE("figures are written as OpenMetrics: units, names without suffixes, and the end") {
  CHECK(sample_text(exposition::openmetrics) ==
        "# TYPE mill_build info\n"
        "# HELP mill_build The version.\n"
        "mill_build_info{version=\"1.2\"} 1\n"
        "# TYPE mill_jobs_done counter\n"
        "# HELP mill_jobs_done Jobs that are done.\n"
        "mill_jobs_done_total{stage=\"grind\"} 7\n"
        "mill_jobs_done_total{stage=\"sift\"} 0\n"
        "# TYPE mill_busy_seconds counter\n"
        "# UNIT mill_busy_seconds seconds\n"
        "# HELP mill_busy_seconds Time at work.\n"
        "mill_busy_seconds_total 1.5\n"
        "# TYPE mill_waiting_jobs gauge\n"
        "# HELP mill_waiting_jobs Jobs that wait.\n"
        "mill_waiting_jobs{pipeline=\"flour\",stage=\"grind\"} 3\n"
        "# TYPE mill_call_seconds histogram\n"
        "# UNIT mill_call_seconds seconds\n"
        "# HELP mill_call_seconds Calls.\n"
        "mill_call_seconds_bucket{stage=\"grind\",le=\"1e-05\"} 1\n"
        "mill_call_seconds_bucket{stage=\"grind\",le=\"0.5\"} 1\n"
        "mill_call_seconds_bucket{stage=\"grind\",le=\"1.0\"} 3\n"
        "mill_call_seconds_bucket{stage=\"grind\",le=\"+Inf\"} 7\n"
        "mill_call_seconds_count{stage=\"grind\"} 7\n"
        "mill_call_seconds_sum{stage=\"grind\"} 12.25\n"
        "# EOF\n");
}

TEST_CASE("in the older format a family has the name of its samples, and the series are the same") {
  const auto text = sample_text(exposition::plain);
  CHECK(text.find("# TYPE mill_build_info gauge\n# HELP mill_build_info The version.\n") == 0);
  CHECK(text.find("# TYPE mill_jobs_done_total counter\n") != std::string::npos);
  CHECK(text.find("# UNIT") == std::string::npos);
  CHECK(text.find("# EOF") == std::string::npos);
  const auto samples = [](const std::string& all) {
    std::string kept;
    for (std::size_t begin = 0; begin < all.size(); begin = all.find('\n', begin) + 1)
      if (all[begin] != '#')
        kept += all.substr(begin, all.find('\n', begin) + 1 - begin);
    return kept;
  };
  CHECK(samples(text) == samples(sample_text(exposition::openmetrics)));
}

TEST_CASE("no value of a label, and no help, breaks out of its place") {
  constexpr metric_family evil{"evil", metric_type::gauge, "name", "A \"\\\" and\na line."};
  const auto write = [&](exposition format) {
    metrics_text text{format};
    text.family(evil);
    text.sample({"a\"} 1\\\xff"}, std::int64_t{1});
    return text.finish();
  };
  CHECK(write(exposition::openmetrics) ==
        "# TYPE evil gauge\n"
        "# HELP evil A \\\"\\\\\\\" and\\na line.\n"
        "evil{name=\"a\\\"} 1\\\\\uFFFD\"} 1\n"
        "# EOF\n");
  // There quotes stand as they are.
  CHECK(write(exposition::plain).find("# HELP evil A \"\\\\\" and\\na line.\n") !=
        std::string::npos);
}

TEST_CASE("a family without samples is not told of") {
  metrics_text text{exposition::openmetrics};
  text.family(done);
  text.family(waiting);
  CHECK(text.finish() == "# EOF\n");
}

TEST_CASE("numbers are written so that nothing of them is lost") {
  metrics_text text{exposition::plain};
  text.family(busy);
  text.sample({}, 1764617389.123456);
  text.sample({}, std::numeric_limits<std::int64_t>::max());
  const auto all = text.finish();
  CHECK(all.find("mill_busy_seconds_total 1764617389.123456\n") != std::string::npos);
  CHECK(all.find("mill_busy_seconds_total 9223372036854775807\n") != std::string::npos);
}

TEST_CASE("OpenMetrics goes to those that ask for it by name") {
  struct {
    const char* accept;
    exposition format;
  } const cases[] = {
      {"", exposition::plain},
      {"*/*", exposition::plain},
      {"text/html,application/xhtml+xml,*/*;q=0.8", exposition::plain},
      {"text/plain;version=0.0.4", exposition::plain},
      {"text/plain;version=0.0.4;q=0.3,*/*;q=0.1", exposition::plain},
      {"application/openmetrics-text", exposition::openmetrics},
      {"Application/OpenMetrics-Text ; version=1.0.0 ; charset=utf-8", exposition::openmetrics},
      // Prometheus 2.42, and 3.
      {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
       "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       exposition::openmetrics},
      {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
       "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;"
       "escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
       exposition::openmetrics},
      {"text/plain;q=0.9, application/openmetrics-text;q=0.5", exposition::plain},
      {"application/openmetrics-text;q=0", exposition::plain},
      {"application/openmetrics-text;version=2.0.0", exposition::plain},
      {",;=,q", exposition::plain},
  };
  for (const auto& one : cases) {
    CAPTURE(one.accept);
    CHECK(choose_exposition(one.accept) == one.format);
  }
}

}  // namespace
