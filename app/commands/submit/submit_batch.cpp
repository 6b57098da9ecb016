#include "app/commands/submit/submit_batch.hpp"

#include "app/commands/jobs/records.hpp"
#include "app/commands/session.hpp"
#include "app/commands/submit/job_line.hpp"
#include "app/commands/submit/line_reader.hpp"
#include "app/commands/submit/queue_room.hpp"
#include "app/terminal/progress.hpp"
#include "app/terminal/terminal.hpp"
#include "base/bounds.hpp"
#include "base/digest.hpp"
#include "pipeline/job_fields.hpp"
#include "storage/jobs/submit_batch.hpp"
#include "storage/runtimes/runtime_store.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace millrace::app {
namespace {

/// Some tens of milliseconds of work.
constexpr std::size_t lines_at_once = 2000;
constexpr std::size_t bytes_at_once = std::size_t{8} << 20;

/// A line on its way to the database.
struct pending_line {
  std::string text;
  /// Empty for a blank line.
  std::optional<storage::new_job> job;
};

/// How much of the file is in, and what it looked like.
struct progress {
  std::int64_t lines = 0;
  std::int64_t bytes = 0;
  std::int64_t made = 0;
  sha256_stream digest;

  void take(const std::string& line) {
    ++lines;
    bytes += static_cast<std::int64_t>(line.size());
    digest.add(line);
  }
};

/// What one run of the command did.
struct outcome {
  std::int64_t made = 0;
  std::int64_t kept = 0;
  std::int64_t replaced = 0;
  storage::job_id first = 0;
  storage::job_id last = 0;

  void count(const std::vector<storage::submitted_job>& all) {
    using submit_result = storage::submitted_job::submit_result;
    for (const auto& one : all) {
      kept += one.became == submit_result::kept ? 1 : 0;
      replaced += one.became == submit_result::replaced ? 1 : 0;
      if (one.became != submit_result::made)
        continue;
      ++made;
      first = first == 0 ? one.id : first;
      last = one.id;
    }
  }
};

std::string batch_name(const invocation& call) {
  if (call.has("batch-name"))
    try {
      return pipeline::read_label("batch name", call.text("batch-name"));
    } catch (const pipeline::bad_field& bad) {
      throw bad_usage("cannot submit", bad.what(), "give the batch another name");
    }
  const auto file = call.text("batch");
  if (file == "-")
    return {};
  std::error_code unresolved;
  const auto path = std::filesystem::weakly_canonical(file, unresolved);
  auto name = unresolved ? file : path.string();
  if (name.size() > bounds::longest_key)
    throw bad_usage("cannot submit",
                    fmt::format("the path of the batch has {} bytes: its name may have {}",
                                name.size(), bounds::longest_key),
                    "give the batch a name with --batch-name");
  return name;
}

class batch {
 public:
  batch(const invocation& call, storage::connection& on, const pipeline::catalog& pipelines,
        const storage::new_job& model, const storage::unique_key& unique)
      : call_{call},
        on_{on},
        pipelines_{pipelines},
        jobs_{on, pipelines},
        model_{model},
        unique_{unique},
        name_{batch_name(call)},
        file_{call.text("batch")} {
    if (!name_.empty())
      before_ = storage::find_batch(on, name_);
    if (before_)
      skip_what_is_in();
  }

  outcome submit_all() {
    progress_bar bar;
    while (read_some()) {
      submit_some();
      bar.say(fmt::format("{} lines", at_.lines));
      if (!trouble_.empty())
        throw bad_line(at_.lines + 1, trouble_);
    }
    return result_;
  }

  const progress& at() const { return at_; }
  const std::string& name() const { return name_; }

 private:
  error bad_line(std::int64_t number, const std::string& why) const {
    return {
        exit_code::no, fmt::format("cannot submit line {} of {}", number, call_.text("batch")), why,
        name_.empty() ? fmt::format("the {} lines before it are in: mend it, and submit from "
                                    "there on",
                                    number - 1)
                      : "what stands before it is in: mend the line, and run the command again"};
  }

  error other_batch(std::string why) const {
    return {exit_code::no, fmt::format("cannot go on with the batch {}", name_), std::move(why),
            "give the lines that were begun with, or another --batch-name to start again"};
  }

  void skip_what_is_in() {
    const auto& of = pipelines_.at(model_.pipeline).name;
    if (before_->pipeline != of)
      throw other_batch(
          fmt::format("it is one of the pipeline {}, not of {}", before_->pipeline, of));
    std::string line;
    while (at_.bytes < before_->bytes && file_.next(line))
      at_.take(line);
    at_.made = before_->made;
    if (at_.bytes != before_->bytes || at_.digest.hex() != before_->sha256)
      throw other_batch(fmt::format("its first {} lines, which are in, are not those of {}",
                                    before_->lines, call_.text("batch")));
  }

  /// False when nothing is left. A line that is no job ends what is read, and is kept in mind.
  bool read_some() {
    const auto most = submit_size(pipelines_.at(model_.pipeline), lines_at_once);
    const auto at = call_.time.now();
    lines_.clear();
    std::string line;
    for (std::size_t bytes = 0;
         trouble_.empty() && lines_.size() < most && bytes < bytes_at_once;) {
      if (!file_.next(line))
        break;
      bytes += line.size();
      try {
        lines_.push_back({line, read(line, at)});
      } catch (const pipeline::bad_field& bad) {
        trouble_ = bad.what();
      }
    }
    return !lines_.empty() || !trouble_.empty();
  }

  std::optional<storage::new_job> read(const std::string& line, time_point at) const {
    if (line.size() > line_reader::longest)
      throw pipeline::bad_field{
          fmt::format("it is longer than {} MiB", line_reader::longest >> 20)};
    if (line.find_first_not_of(" \t\r\n") == std::string::npos)
      return std::nullopt;
    return read_job_line(line, model_, unique_, at);
  }

  void submit_some() {
    std::span<const pending_line> rest{lines_};
    while (!rest.empty())
      rest = rest.subspan(submit_first(rest));
  }

  /// Submits the first of the lines and answers how many. Where the database refuses them, they are
  /// halved until the one is found that it does not want.
  std::size_t submit_first(std::span<const pending_line> some) {
    const auto begin = std::chrono::steady_clock::now();
    try {
      const auto taken = submit(some);
      rest_from(begin);
      return taken;
    } catch (const storage::error& refused) {
      if (refused.kind() != storage::error_kind::permanent)
        throw;
      if (some.size() == 1)
        throw bad_line(at_.lines + 1, refused.why());
    }
    return submit_first(some.first(some.size() / 2));
  }

  std::size_t submit(std::span<const pending_line> some) {
    auto after = at_;
    std::vector<storage::new_job> jobs;
    std::vector<std::size_t> lines;
    for (std::size_t i = 0; i < some.size(); ++i) {
      after.take(some[i].text);
      if (!some[i].job)
        continue;
      jobs.push_back(*some[i].job);
      lines.push_back(i);
    }
    const auto answer =
        submit_when_there_is_room(on_, call_.has("wait"), [&] { return write(jobs, after); });
    if (const auto* held = std::get_if<storage::key_is_held>(&answer)) {
      const auto line = lines[held->index];
      if (line == 0)
        throw bad_line(at_.lines + 1, who_holds(*held));
      return submit(some.first(line));
    }
    result_.count(std::get<std::vector<storage::submitted_job>>(answer));
    at_ = std::move(after);
    return some.size();
  }

  /// The jobs and how far the batch is, in one transaction.
  storage::submit_answer write(const std::vector<storage::new_job>& jobs, progress& after) {
    storage::transaction both{on_};
    const auto at = call_.time.now();
    auto answer = jobs_.submitter.submit(jobs, at);
    const auto* made = std::get_if<std::vector<storage::submitted_job>>(&answer);
    if (made == nullptr)
      return answer;
    after.made = at_.made + std::count_if(made->begin(), made->end(), [](const auto& one) {
                   return one.became == storage::submitted_job::submit_result::made;
                 });
    std::optional<storage::batch_position> to;
    if (!name_.empty()) {
      to = storage::batch_position{pipelines_.at(model_.pipeline).name, after.lines, after.bytes,
                                   after.digest.hex(), after.made};
      if (!storage::move_batch(on_, name_, before_, *to, at))
        throw other_batch("another command is at work on it");
    }
    both.commit();
    before_ = std::move(to);
    return answer;
  }

  /// SQLite has one writer: a runtime that waits for it must get its turn.
  void rest_from(std::chrono::steady_clock::time_point begin) {
    if (on_.is_shared())
      return;
    const auto at = call_.time.now();
    const auto runtimes = storage::list_runtimes(on_);
    if (std::any_of(runtimes.begin(), runtimes.end(),
                    [&](const auto& one) { return one.lease_until > at; }))
      std::this_thread::sleep_for(std::chrono::steady_clock::now() - begin);
  }

  const invocation& call_;
  storage::connection& on_;
  const pipeline::catalog& pipelines_;
  storage::job_store jobs_;
  const storage::new_job& model_;
  const storage::unique_key& unique_;
  std::string name_;
  line_reader file_;
  /// Where the database says that the batch stands.
  std::optional<storage::batch_position> before_;
  progress at_;
  std::vector<pending_line> lines_;
  /// Why the next line is no job.
  std::string trouble_;
  outcome result_;
};

std::string in_words(const outcome& done, const batch& all) {
  if (done.made + done.kept + done.replaced == 0)
    return all.at().lines == 0 ? "nothing to submit: there is no line\n"
                               : fmt::format("the batch is in already: {} jobs of {} lines\n",
                                             all.at().made, all.at().lines);
  auto text = fmt::format("made: {}", done.made);
  if (done.made > 0)
    text += fmt::format(", jobs {} to {}", done.first, done.last);
  if (done.kept > 0)
    text += fmt::format("\nnot made: {}, other jobs hold their unique keys", done.kept);
  if (done.replaced > 0)
    text += fmt::format("\nreplaced: {} payloads of jobs with the same unique keys", done.replaced);
  return text + '\n';
}

std::string in_json(const outcome& done, const batch& all) {
  const nlohmann::ordered_json document{
      {"batch", all.name()},   {"lines", all.at().lines},     {"made", done.made},
      {"kept", done.kept},     {"replaced", done.replaced},   {"first_job", done.first},
      {"last_job", done.last}, {"made_in_all", all.at().made}};
  return document.dump(2) + '\n';
}

}  // namespace

exit_code submit_batch(const invocation& call, storage::connection& on,
                       const pipeline::catalog& pipelines, const storage::new_job& model,
                       const storage::unique_key& unique) {
  batch all{call, on, pipelines, model, unique};
  const auto done = all.submit_all();
  print_page(call.has("json") ? in_json(done, all) : in_words(done, all));
  return exit_code::well;
}

}  // namespace millrace::app
