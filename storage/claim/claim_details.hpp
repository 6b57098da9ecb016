#pragma once

#include "pipeline/job.hpp"
#include "storage/db/database.hpp"

#include <cstddef>
#include <set>
#include <span>
#include <string_view>

namespace millrace::storage {

/// What belongs to the jobs of a claim, loaded within the bytes that there are for it. Learns how
/// large the jobs are.
class claim_details {
 public:
  /// The connection must outlive it.
  explicit claim_details(connection& on) : on_(on) {}

  /// How many jobs of the size that they have lately fit into the bytes; at least one.
  std::size_t fit_into(std::size_t bytes) const;

  /// Loads what belongs to the jobs, which are in the order of the ids; of those that are large as
  /// many as the bytes allow, and at least one job. Answers which have nothing yet.
  std::set<pipeline::job_id> load(std::span<pipeline::job* const> claimed, std::string_view ids,
                                  std::size_t bytes);

 private:
  std::size_t load_large(pipeline::job& claimed);

  connection& on_;
  /// What a job that is claimed has of payload and output, lately.
  double job_bytes_ = 0;
};

}  // namespace millrace::storage
