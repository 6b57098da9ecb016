#pragma once

#include "actors/inspector/client/client.hpp"
#include "app/screen/snapshot.hpp"

#include <functional>
#include <memory>

namespace millrace::app {

/// A runtime that answers: what actors::attachment offers. All calls wait for the answer, and throw
/// actors::attach_error when it does not come.
class runtime_client {
 public:
  runtime_client() = default;
  virtual ~runtime_client() = default;
  runtime_client(const runtime_client&) = delete;
  runtime_client& operator=(const runtime_client&) = delete;

  virtual actors::runtime_view runtime() = 0;
  virtual actors::actors_view actors() = 0;
  virtual actors::stages_view stages() = 0;
  virtual actors::health_view health() = 0;
  virtual actors::runtimes_view runtimes() = 0;
  virtual actors::services_view services() = 0;
  virtual actors::jobs_view jobs(const actors::get_jobs& filter) = 0;
  virtual actors::job_view job(pipeline::job_id id) = 0;
  virtual actors::events_view events(const actors::get_events& filter) = 0;
  virtual actors::order_answer change(const actors::change_order& what) = 0;
};

/// The runtime to which this process is attached.
std::unique_ptr<runtime_client> as_runtime_client(std::unique_ptr<actors::attachment> on);

/// Attaches again. Throws actors::attach_error when there is no runtime.
using open_runtime = std::function<std::unique_ptr<runtime_client>()>;

}  // namespace millrace::app
