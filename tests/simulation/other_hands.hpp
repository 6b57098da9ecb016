#pragma once

#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/job.hpp"
#include "tests/simulation/plan.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

struct sqlite3;

namespace millrace::simulation {

/// A user that writes rows of jobs with plain SQL: some as the documentation says, and most with a
/// value that no job can have, as far as the schema lets them.
class other_hands {
 public:
  explicit other_hands(const std::filesystem::path& database);
  ~other_hands();
  other_hands(const other_hands&) = delete;
  other_hands& operator=(const other_hands&) = delete;

  /// Told of each statement, and why it was refused.
  std::function<void(const std::string&)> saw;

  /// The row that was made; nothing if it was refused.
  std::optional<pipeline::job_id> insert(const step& one, time_point now);
  /// Whether the row was changed.
  bool change(const step& one, pipeline::job_id id);
  /// A trigger from now on refuses that the job begins; or a new one, in a lane of its own, and
  /// whatever is done about it. Answers which.
  std::optional<pipeline::job_id> refuse(const step& one, pipeline::job_id id, time_point now);

  /// Rows that were written here and are stuck: they neither wait for a time or a stage that is not
  /// there, nor have they ended and said why, nor does a trigger refuse even that. One a line.
  std::string stuck(const std::set<pipeline::job_id>& written, const pipeline::catalog& pipelines,
                    time_point now) const;

 private:
  bool run(const std::string& sql);

  struct closer {
    void operator()(sqlite3* on) const;
  };
  std::unique_ptr<sqlite3, closer> on_;
  /// A trigger refuses every change of them.
  std::set<pipeline::job_id> immovable_;
};

}  // namespace millrace::simulation
