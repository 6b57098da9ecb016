#pragma once

#include "actors/runtime/runtime.hpp"
#include "base/thread_pool.hpp"
#include "base/time.hpp"
#include "net/host_port.hpp"
#include "pipeline/api.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace millrace::ingest {

struct webhook_settings {
  net::host_port at;
  /// With which calls are signed.
  std::string secret;
  /// How far the time of a call may be from ours.
  duration tolerance = std::chrono::minutes{5};
};

/// What became of the job that a call names.
enum class called_job : std::uint8_t { run_now, does_not_wait, unknown };

/// Where a service calls when it has parsed a file: `POST /webhooks/parser/JOB` over HTTP/1.1, one
/// request a connection. Only a call that is signed, of about now and new (webhook_guard) reaches a
/// job. What a caller may take of us is bounded: 16 KiB of head, 64 KiB of body, ten seconds, and
/// 64 at a time, of which the oldest makes room. On a thread of its own.
class webhook_server : public actors::background_server {
 public:
  /// May throw storage::error; called by one thread at a time.
  using on_webhook = std::function<called_job(job_id)>;

  /// Listens from now on. Throws millrace::error when it cannot. The clock must outlive it.
  webhook_server(const webhook_settings& settings, const millrace::clock& time, on_webhook with);
  /// Waits for the thread, unless stop() was called before.
  ~webhook_server() override;
  webhook_server(const webhook_server&) = delete;
  webhook_server& operator=(const webhook_server&) = delete;

  /// At which it listens, where the settings leave that to the system.
  std::uint16_t port() const;

  bool stop(duration patience) override;

 private:
  struct loop;

  std::shared_ptr<loop> loop_;
  thread_pool thread_{1};
};

}  // namespace millrace::ingest
