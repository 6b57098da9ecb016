#include "app/api/server.hpp"
#include "app/traces.hpp"
#include "benchmarks/cases.hpp"
#include "benchmarks/http/http_caller.hpp"
#include "benchmarks/milliseconds.hpp"
#include "benchmarks/workload.hpp"
#include "net/http/server/server.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

// What the HTTP API costs, and what it takes from a runtime.
namespace millrace::benchmarks {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr std::int64_t lines_in_request = 10'000;
constexpr int reader_count = 100;

/// The API over the database, as `millrace serve`.
class api_on {
 public:
  api_on(bench_database& on, const pipeline::definition& plan)
      : config_(config_of(on, plan)),
        pipelines_({plan}),
        server_({.config = config_,
                 .pipelines = pipelines_,
                 .machine_time = time_,
                 .database_time = time_},
                any_port(), {.owner_token = "bench"}) {}
  ~api_on() { server_.stop(10s); }
  api_on(const api_on&) = delete;
  api_on& operator=(const api_on&) = delete;

  std::uint16_t port() const { return server_.port(); }

 private:
  static net::http_server_settings any_port() {
    net::http_server_settings where;
    where.at.host = "127.0.0.1";
    return where;
  }

  static app::configuration config_of(bench_database& on, const pipeline::definition& plan) {
    app::configuration config;
    config.values.runtime.database = on.settings();
    config.values.runtime.data_dir = on.new_data_dir();
    config.pipelines = {plan};
    return config;
  }

  app::configuration config_;
  pipeline::catalog pipelines_;
  const system_clock time_;
  app::api::server server_;
};

/// Batches of lines over two connections.
double batch_rate(const api_on& api, std::int64_t jobs) {
  const auto lines = std::min(jobs, lines_in_request);
  std::string body;
  for (std::int64_t i = 0; i < lines; ++i)
    body += R"({"payload":{"n":1}})"
            "\n";
  const auto request =
      http_request("POST", "/v1/jobs?pipeline=bench", "application/x-ndjson", body);
  const auto requests = std::max<std::int64_t>(2, jobs / lines);
  const auto took = time_of([&] {
    const auto submit = [&](std::int64_t count) {
      http_caller caller{api.port()};
      for (std::int64_t i = 0; i < count; ++i)
        caller.call(request, 201);
    };
    std::jthread other{[&] { submit(requests / 2); }};
    submit(requests - requests / 2);
  });
  return static_cast<double>(requests * lines) / took.count();
}

double p99_of(const api_on& api, std::int64_t calls, const std::string& request, int status) {
  http_caller caller{api.port()};
  std::vector<double> took;
  for (std::int64_t i = 0; i < calls; ++i) {
    const auto begin = clock::now();
    caller.call(request, status);
    took.push_back(ms(clock::now() - begin));
  }
  return quantile(std::move(took), 0.99);
}

/// Each side of a connection is a descriptor of this process.
int silent_connections() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<int>(std::min<rlim_t>(10'000, limit.rlim_cur / 2 - 500));
}

using start_clients =
    std::function<void(const api_on&, std::vector<std::unique_ptr<http_caller>>&)>;

void be_silent(const api_on& api, std::vector<std::unique_ptr<http_caller>>& clients, int count) {
  for (int i = 0; i < count; ++i)
    clients.push_back(std::make_unique<http_caller>(api.port()));
}

/// Readers of events take what comes, as far as the system keeps it for them.
void read_events(const api_on& api, std::vector<std::unique_ptr<http_caller>>& clients) {
  for (int i = 0; i < reader_count; ++i) {
    clients.push_back(std::make_unique<http_caller>(api.port()));
    clients.back()->send(
        "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer bench\r\n"
        "Accept: text/event-stream\r\n\r\n");
  }
}

constexpr int stages_of_runtime = 10;

/// Transitions a second of a runtime with an API beside it.
double rate_with(const options& wanted, std::int64_t jobs, const start_clients& come) {
  const auto plan = stages(stages_of_runtime);
  bench_database on{wanted.database};
  enqueue(on, plan, jobs);
  on.tidy();
  const api_on api{on, plan};
  std::vector<std::unique_ptr<http_caller>> clients;
  come(api, clients);
  return static_cast<double>(jobs * stages_of_runtime) / run_to_the_end(on, plan, wanted).count();
}

/// Asks for the metrics as Prometheus does, until the rate is known.
double rate_scraped(const options& wanted, std::int64_t jobs) {
  std::jthread prometheus;
  return rate_with(wanted, jobs, [&](const auto& api, auto&) {
    prometheus = std::jthread{[port = api.port()](const std::stop_token& stop) {
      const auto request = http_request("GET", "/metrics");
      http_caller caller{port};
      std::mutex mutex;
      std::condition_variable_any stopped;
      std::unique_lock guard{mutex};
      do
        caller.call(request, 200);
      while (!stopped.wait_for(guard, stop, 5s, [&] { return stop.stop_requested(); }));
    }};
  });
}

/// A collector of traces that takes all and keeps nothing.
class collector final : public net::http_handler {
 public:
  void handle(net::incoming_request, net::response_handle respond) override {
    respond.send({.headers = {{"Content-Type", "application/json"}}, .body = "{}"});
  }
};

/// With traces of that share of the jobs, as a runtime makes them; without an exporter for none.
double rate_traced(const options& wanted, std::int64_t jobs, double share) {
  const auto plan = stages(stages_of_runtime);
  bench_database on{wanted.database};
  enqueue(on, plan, jobs);
  on.tidy();
  const system_clock time;
  net::http_server_settings where;
  where.at.host = "127.0.0.1";
  net::http_server to{where, std::make_shared<collector>(), time};
  app::settings values;
  values.runtime.database = on.settings();
  values.telemetry.endpoint = fmt::format("http://127.0.0.1:{}", to.port());
  values.telemetry.ratio = share;
  const auto traces = share > 0 ? app::make_exporter(values) : nullptr;
  const auto took = run_to_the_end(on, plan, wanted, 1, {}, traces);
  if (const auto dropped = traces ? traces->count().dropped : 0; dropped > 0)
    throw std::runtime_error{fmt::format("{} spans were dropped", dropped)};
  return static_cast<double>(jobs * stages_of_runtime) / took.count();
}

}  // namespace

std::vector<figure> measure_http(const options& wanted) {
  const auto jobs = wanted.jobs > 0 ? wanted.jobs : 200'000;
  const auto calls = std::clamp<std::int64_t>(jobs / 100, 10, 2000);
  const auto silent = std::min(silent_connections(), static_cast<int>(jobs));
  samples batch;
  samples submit;
  samples get;
  samples silence;
  samples reading;
  samples scraped;
  samples traced;
  for (int run = 0; run < wanted.runs; ++run) {
    {
      bench_database on{wanted.database};
      const api_on api{on, stages(1)};
      batch.add(batch_rate(api, jobs));
      submit.add(p99_of(api, calls,
                        http_request("POST", "/v1/jobs?pipeline=bench", "application/json",
                                     R"({"payload":{"n":1}})"),
                        201));
      get.add(p99_of(api, calls, http_request("GET", "/v1/jobs/1"), 200));
    }
    // A disk that was written to for a while gets slower: each is beside one of its own.
    const auto compare = [&](samples& to, const auto& rate) {
      const auto alone = rate_with(wanted, jobs, [](const auto&, auto&) {});
      to.add(rate() / alone);
    };
    compare(silence, [&] {
      return rate_with(wanted, jobs,
                       [&](const auto& api, auto& all) { be_silent(api, all, silent); });
    });
    compare(reading, [&] { return rate_with(wanted, jobs, read_events); });
    compare(scraped, [&] { return rate_scraped(wanted, jobs); });
    const auto untraced = rate_traced(wanted, jobs, 0);
    traced.add(rate_traced(wanted, jobs, 0.01) / untraced);
  }
  return {{"http, batch submit", "1/s", batch},
          {"http, one submit p99", "ms", submit},
          {"http, get p99", "ms", get},
          {fmt::format("http, throughput with {} silent connections", silent), "", silence},
          {fmt::format("http, throughput with {} readers of events", reader_count), "", reading},
          {"http, throughput with a scrape each 5 s", "", scraped},
          {"http, throughput with traces of 1 %", "", traced}};
}

}  // namespace millrace::benchmarks
