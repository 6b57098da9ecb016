#pragma once

#include "actors/inspector/client/connect.hpp"
#include "actors/inspector/protocol/requests.hpp"

#include <string>

namespace millrace::actors {

/// A connection to the inspector of a running runtime. All calls wait for the answer, and throw
/// attach_error when it does not come: the runtime has ended, or it hangs. For one thread.
class attachment {
 public:
  /// `version` is that of this binary. Throws as attach_to().
  attachment(const inspector_address& where, const std::string& version);

  runtime_view runtime();
  actors_view actors();
  stages_view stages();
  health_view health();
  runtimes_view runtimes();
  services_view services();
  /// Without outputs and long payloads. At most `most_records`, as all lists.
  jobs_view jobs(const get_jobs& filter);
  job_view job(pipeline::job_id id);
  /// The newest when the filter's `after` is negative.
  events_view events(const get_events& filter);
  sent_back_view send_back(const send_back_dead& what);
  order_answer change(const change_order& what);

 private:
  template <class Request>
  typename Request::answer ask(Request asked);

  net::line_stream through_;
};

}  // namespace millrace::actors
