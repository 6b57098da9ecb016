#pragma once

#include "base/thread_pool.hpp"
#include "base/time.hpp"
#include "net/http/server/handler.hpp"
#include "net/http/server/refusal_log.hpp"
#include "pipeline/api.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace millrace::ingest {

/// What became of the job that a call names.
enum class called_job : std::uint8_t { run_now, does_not_wait, unknown };

/// May throw storage::error; called by one thread at a time.
using on_webhook = std::function<called_job(job_id)>;

/// Answers the calls of the service that parses. Only a call that is signed, of about now and new
/// (webhook_guard) reaches a job, one at a time, on a thread of the handler's own: what is refused
/// does not wait for a slow database.
class webhook_handler final : public net::http_handler {
 public:
  /// The clock must outlive it.
  webhook_handler(std::string secret, duration tolerance, const millrace::clock& time,
                  std::shared_ptr<net::refusal_log> refusals, on_webhook with);

  /// Refuses another path (404) and another method (405) before the body comes.
  net::admission admit(const net::incoming_request& request) override;
  void handle(net::incoming_request request, net::response_handle respond) override;

  /// False when a call has not ended in time: its thread runs on.
  bool stop(duration patience);

 private:
  struct calls;

  const std::shared_ptr<calls> calls_;
  thread_pool thread_{1};
};

}  // namespace millrace::ingest
