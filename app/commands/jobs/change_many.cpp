#include "app/commands/jobs/change_many.hpp"

#include "app/terminal/table.hpp"
#include "app/terminal/terminal.hpp"
#include "storage/db/error.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

namespace millrace::app {
namespace {

void show_counts(const matching_jobs& found) {
  table shown{{{"PIPELINE"}, {"STAGE"}, {found.counted_by}, {"JOBS", true}}, {}};
  for (const auto& [in, stage, by, count] : found.counts)
    shown.rows.push_back({in, stage, by, fmt::to_string(count)});
  print_table(shown, choose_style(false));
}

}  // namespace

void declare_many(boost::program_options::options_description_easy_init add) {
  add("limit", boost::program_options::value<std::int64_t>()->value_name("N"), "so many at most");
  add("dry-run", "only say how many, and where they stand");
  add("yes", "do not ask");
}

std::string count_jobs(std::size_t count, std::string_view which) {
  return fmt::format("{}{}{} {}", count, which.empty() ? "" : " ", which,
                     count == 1 ? "job" : "jobs");
}

void tell_changed(const std::string& done, const storage::sent_back& all) {
  print("{}: {}\n", done, all.replayed);
  if (all.changed > 0)
    print("not {}: {}, changed meanwhile\n", done, all.changed);
  for (const auto& [why, count] : all.refused)
    print("not {}: {}, {}\n", done, count, why);
  for (const auto& [why, count] : all.skipped)
    print("skipped: {} that {}\n", count, why);
}

exit_code change_many(const invocation& call, const matching_jobs& found,
                      const order_for_many& order) {
  if (call.has("dry-run")) {
    show_counts(found);
    return exit_code::well;
  }
  if (found.jobs.empty()) {
    print("{}\n", order.none);
    if (order.tell_more)
      order.tell_more();
    return exit_code::well;
  }
  if (!call.has("yes") && !confirm(order.question)) {
    print("nothing was {}\n", order.done);
    return exit_code::no;
  }
  bulk_change all{order.change};
  try {
    all.run(found.jobs);
  } catch (const storage::error&) {
    tell_changed(order.done, all.sum());
    throw;
  }
  tell_changed(order.done, all.sum());
  if (order.tell_more)
    order.tell_more();
  all.tell_left();
  if (all.left() > 0)
    return exit_code::interrupted;
  return all.sum().refused.empty() ? exit_code::well : exit_code::no;
}

}  // namespace millrace::app
