#pragma once

#include "app/api/access.hpp"
#include "app/api/call.hpp"
#include "app/api/event_streams.hpp"
#include "app/api/job_waiter.hpp"
#include "base/thread_pool.hpp"
#include "net/http/server/handler.hpp"
#include "pipeline/tracing/exporter.hpp"

#include <memory>
#include <mutex>
#include <stop_token>

namespace millrace::app::api {

/// What an API answers from. All of it must outlive the service.
struct service_setup {
  const configuration& config;
  const pipeline::catalog& pipelines;
  /// That of this machine, and that of the database.
  const millrace::clock& machine_time;
  const millrace::clock& database_time;
  /// Null where no runtime runs in this process.
  std::shared_ptr<const actors::runtime_status> status{};
  /// Where its spans go; null for nowhere.
  std::shared_ptr<const pipeline::tracing::exporter> traces{};
};

/// Answers the requests of the contract, on threads and connections of its own: no actor is held
/// up. How many may be in progress is for the server to bound.
class service final : public net::http_handler {
 public:
  service(const service_setup& setup, access_settings access);
  ~service() override;

  net::admission admit(const net::incoming_request& asked) override;
  void handle(net::incoming_request asked, net::response_handle respond) override;
  /// Requests that wait are answered now, and streams end.
  void on_stop() override;

  /// False when a request has not ended in time.
  bool stop(duration patience);

 private:
  /// A request, and where it goes.
  struct arrival {
    request asked;
    match at;
  };

  void answer(const std::shared_ptr<const arrival>& taken, const net::response_handle& respond,
              bool may_wait);
  /// These are true when the answer comes later.
  bool comes_later(call& in, const std::shared_ptr<const arrival>& taken,
                   const net::response_handle& respond);
  bool wait_for_end(call& in, const std::shared_ptr<const arrival>& taken,
                    const net::response_handle& respond);
  bool stream_events(call& in, const std::shared_ptr<const arrival>& taken,
                     const net::response_handle& respond);
  /// Whether the token of a stream is still valid.
  bool is_still_allowed(const arrival& taken);
  response with_origin(const request& asked, response made) const;
  std::shared_ptr<const ingest::embedder> embedder();

  const service_setup setup_;
  storage::connection_pool connections_;
  std::stop_source ending_;
  access_check access_;
  environment around_;
  std::mutex mutex_;
  std::shared_ptr<const ingest::embedder> embedder_;
  job_waiter waiter_;
  event_streams streams_;
  thread_pool workers_;
  thread_pool bulk_workers_;
};

}  // namespace millrace::app::api
