#pragma once

#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millrace::ingest {

/// A file in the hands of a parsing service. It is kept in the output of the job, as
/// `remote_parse`, from the transition that follows the upload to the one that has the text: so a
/// file is not sent twice.
struct remote_job {
  /// Which was given the file, and alone knows the id.
  std::string endpoint;
  std::string id;
  time_point since{};
  /// Times that it was asked for and was not ready.
  int polls = 0;

  bool operator==(const remote_job&) const = default;
};

/// The one in a job's output; nothing if there is none.
std::optional<remote_job> remote_job_in(std::string_view output);

/// The output with this one in it, and no other.
std::string with_remote_job(std::string_view output, const std::optional<remote_job>& which);

}  // namespace millrace::ingest
