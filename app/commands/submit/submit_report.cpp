#include "app/commands/submit/submit_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace millrace::app {
namespace {

using json = nlohmann::ordered_json;

table job_table(const std::vector<submitted>& made) {
  table out{{{.title = "JOB", .right = true, .at_least = 6},
             {.title = "DOCUMENT", .at_least = 36},
             {.title = "PATH", .elastic = true},
             {.title = "CODE"},
             {.title = "MESSAGE", .elastic = true}},
            {}};
  for (const auto& one : made)
    out.rows.push_back({fmt::to_string(one.job), one.document_id, one.path, one.code, one.message});
  return out;
}

json describe(const std::vector<left_out>& all) {
  auto out = json::array();
  for (const auto& one : all)
    out.push_back({{"path", one.path}, {"message", one.why}});
  return out;
}

}  // namespace

void submit_report::note_left_out(const collected_files& found) {
  missing_ = found.missing;
  skipped_ = found.skipped;
  for (const auto& one : missing_)
    complain("millrace: cannot submit {}: {}\n", one.path, one.why);
  for (const auto& one : skipped_)
    complain("millrace: skipped {}: {}\n", one.path, one.why);
  if (!skipped_.empty())
    complain("millrace: {} skipped\n", skipped_.size());
  ignored_ = found.ignored;
  if (ignored_ > 0)
    complain("millrace: {} hidden or ignored; --all takes them\n", ignored_);
}

void submit_report::add(const std::vector<submitted>& made) {
  if (style_ != style::json)
    print_table(job_table(made), style_, made_.empty());
  made_.insert(made_.end(), made.begin(), made.end());
}

void submit_report::note_end(const waited& how) {
  end_ = how;
  if (how.interrupted) {
    complain("millrace: no longer waiting; the jobs go on\n  next: see `millrace jobs`\n");
    return;
  }
  for (const auto& one : how.failed)
    complain("millrace: job {} is {}: {}: {}\n", one.id, to_string(one.state), one.code,
             one.message);
  complain("millrace: {} done, {} failed\n", made_.size() - how.failed.size(), how.failed.size());
}

std::vector<storage::job_id> submit_report::jobs() const {
  std::vector<storage::job_id> ids;
  for (const auto& one : made_)
    ids.push_back(one.job);
  return ids;
}

void submit_report::print_json() const {
  json document{{"jobs", json::array()},
                {"missing", describe(missing_)},
                {"skipped", describe(skipped_)},
                {"ignored", ignored_}};
  for (const auto& one : made_)
    document["jobs"].push_back({{"job_id", one.job},
                                {"document_id", one.document_id},
                                {"path", one.path},
                                {"code", one.code},
                                {"message", one.message}});
  if (end_ && !end_->interrupted) {
    auto failed = json::array();
    for (const auto& one : end_->failed)
      failed.push_back({{"job_id", one.id},
                        {"state", to_string(one.state)},
                        {"code", one.code},
                        {"message", one.message}});
    document["failed"] = std::move(failed);
  }
  print_page(document.dump(2, ' ', false, json::error_handler_t::replace) + '\n');
}

exit_code submit_report::finish() {
  if (style_ == style::json)
    print_json();
  if (end_ && end_->interrupted)
    return exit_code::interrupted;
  const bool failed = !missing_.empty() || (end_ && !end_->failed.empty());
  return failed ? exit_code::no : exit_code::well;
}

}  // namespace millrace::app
