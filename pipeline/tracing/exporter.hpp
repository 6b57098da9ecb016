#pragma once

#include "base/time.hpp"
#include "net/http/http_client.hpp"
#include "pipeline/job.hpp"
#include "pipeline/tracing/job_trace.hpp"
#include "pipeline/tracing/otlp.hpp"
#include "pipeline/tracing/span.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace millrace::pipeline::tracing {

struct exporter_settings {
  /// Where spans are sent, as traces_url() answers it.
  std::string url;
  /// Sent as `Authorization: Bearer KEY` unless empty.
  std::string key{};
  span_source source{};
  /// Of the jobs whose submitter does not say it.
  double ratio = 1;
  net::http_settings http{.connect_timeout = std::chrono::seconds{2},
                          .read_timeout = std::chrono::seconds{5},
                          .total_timeout = std::chrono::seconds{10},
                          .max_response = std::int64_t{1} << 20,
                          .ca_file = {}};
  /// Spans of one request.
  std::size_t batch = 1000;
  /// Spans that wait to be sent; more are dropped.
  std::size_t most_waiting = 20'000;
  /// After that time a batch is sent that is not full.
  duration interval = std::chrono::seconds{1};
  /// Before a batch that failed is sent again; twice as long each time, up to `longest_pause`.
  duration pause = std::chrono::seconds{1};
  duration longest_pause = std::chrono::seconds{30};
};

/// A job with a trace of which the database knows what the runtime does not.
struct traced_job {
  job_id job = 0;
  /// Of the attempt that was settled.
  std::int64_t epoch = 0;
  /// From its making to its end there is a span.
  bool has_ended = false;
  /// Attempts before this one died with their runtime.
  bool has_crashed = false;
  /// Since when it has waited for this one, which began then; at the earliest since it was due.
  struct wait {
    time_point due;
    time_point began;
  };
  std::optional<wait> waited{};
};

/// Reads that. May throw.
using trace_reader = std::function<std::vector<span>(const sampler&, std::span<const traced_job>)>;

/// Sends spans to a collector, from a thread of its own. It waits for none of its callers, nor they
/// for it: while the collector is away spans wait, as many as there is room for, and further ones
/// are dropped and counted.
class exporter {
 public:
  exporter(exporter_settings settings, trace_reader read);
  /// Stops, and waits for the thread.
  ~exporter();
  exporter(const exporter&) = delete;
  exporter& operator=(const exporter&) = delete;

  const sampler& sampling() const { return sampler_; }

  /// Begins to send, if the system gives a thread for it. What is added before waits.
  void start();
  /// From any thread.
  void add(std::vector<span> spans);
  void read(traced_job one);

  /// Sends what waits, once, and ends. False when the thread does not end soon after `patience`,
  /// and must not be waited for.
  bool stop(duration patience);

  struct counts {
    std::int64_t sent = 0;
    std::int64_t dropped = 0;
  };
  counts count() const { return {sent_, dropped_}; }

 private:
  /// What is sent in one request.
  struct batch {
    std::vector<span> spans{};
    std::vector<traced_job> to_read{};
    /// Some were dropped since the last one, for there was no room.
    bool is_part = false;
    bool empty() const { return spans.empty() && to_read.empty(); }
  };

  void run();
  /// Waits for some; empty at the end, when there is no more.
  batch take();
  void read_jobs(batch& of);
  void deliver(const batch& of);
  /// Waits before the next try; false when there is to be none.
  bool pause_for(duration time);
  void delivered(std::size_t spans, const partial_success& said);
  void drop(std::size_t spans, const std::string& why);
  void tell(const std::string& why);
  /// In the log, how often it was told before.
  void warn(const std::string& why);
  bool has_room(std::size_t more) const;
  void leave_out(std::size_t spans);

  const exporter_settings settings_;
  const sampler sampler_;
  const trace_reader reader_;
  net::http_client client_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  batch waiting_;
  bool has_left_out_ = false;
  bool is_ending_ = false;
  bool has_ended_ = false;
  /// At the end of its patience.
  std::stop_source cut_;
  std::atomic<std::int64_t> sent_{0};
  std::atomic<std::int64_t> dropped_{0};
  /// The last word in the log was that spans are not sent; when, and how many had been dropped.
  bool is_failing_ = false;
  std::optional<std::chrono::steady_clock::time_point> told_at_{};
  std::int64_t told_dropped_ = 0;
  std::thread thread_;
};

}  // namespace millrace::pipeline::tracing
