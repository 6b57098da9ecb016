#include "pipeline/services/denials.hpp"

#include "net/http/http_response.hpp"

namespace millrace::pipeline::remote {

void denials::answered_well(std::uint64_t call) {
  // One that had begun before the refusal may have been answered under the old key.
  well_since_ = well_since_ || (begun_at_last_ > 0 && call > begun_at_last_);
}

bool denials::is_of_the_request(std::uint64_t call, int status, time_point now) {
  constexpr std::chrono::minutes memory{10};
  const bool is_recent = now - last_ < memory && last_ - now < memory;
  const bool alone =
      well_since_ && is_recent && call > begun_at_last_ && !net::is_about_the_key(status);
  last_ = now;
  begun_at_last_ = begun_;
  well_since_ = false;
  return alone;
}

}  // namespace millrace::pipeline::remote
