#pragma once

#include "base/time.hpp"
#include "storage/jobs/types.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

/// How people write the fields of a job, on the command line and in a file of jobs. All throw
/// bad_field.
namespace millrace::app {

/// A field that cannot be used; what() says why.
class bad_field : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A moment ("2026-12-01T08:00Z"), or one from now on ("+10m").
time_point read_when(std::string_view text, time_point now);

/// A JSON document that both databases can keep.
std::string read_payload(std::string_view text);

/// A unique key, tenant, tag or correlation id, which `what` names: a text in one line, not empty
/// and of 200 bytes at most.
std::string read_label(std::string_view what, std::string_view text);

void add_tag(storage::new_job& to, std::string_view tag);

}  // namespace millrace::app
