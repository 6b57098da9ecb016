#pragma once

#include "app/command.hpp"
#include "app/commands/jobs/bulk_change.hpp"
#include "app/commands/session.hpp"
#include "storage/jobs/ended_jobs.hpp"

#include <boost/program_options/options_description.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// What the commands share that change all jobs that match.
namespace millrace::app {

/// The jobs that match, and how many are where.
struct matching_jobs {
  std::vector<storage::listed_job> jobs;
  std::vector<storage::ended_count> counts;
  /// What the last name of a count is: "CODE", "STATE".
  std::string counted_by;
};

/// What is to be done with them.
struct order_for_many {
  /// "sent back", "moved".
  std::string done;
  /// For a person to say yes to.
  std::string question;
  /// Where none matches.
  std::string none;
  bulk_change::change_piece change;
  /// What else there is to say at the end; may be null.
  std::function<void()> tell_more{};
};

/// `--limit`, `--dry-run` and `--yes`.
void declare_many(boost::program_options::options_description_easy_init add);

/// What `--pipeline`, `--stage`, `--code` and `--limit` say, as a filter of storage.
template <class Filter>
Filter read_filter(const invocation& call) {
  Filter filter{
      .pipeline = call.text("pipeline"), .stage = call.text("stage"), .code = call.text("code")};
  if (call.has("limit"))
    filter.limit = count_option(call, "limit");
  return filter;
}

/// With `--dry-run`, shows how many are where. Otherwise asks, unless `--yes` is given, changes the
/// jobs, and says what became of them: `interrupted` when some were not reached, `no` when some
/// cannot be changed.
exit_code change_many(const invocation& call, const matching_jobs& found,
                      const order_for_many& order);

/// Prints what became of jobs.
void tell_changed(const std::string& done, const storage::sent_back& all);

/// "3 jobs", "1 dead job".
std::string count_jobs(std::size_t count, std::string_view which = {});

}  // namespace millrace::app
