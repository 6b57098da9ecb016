#include "storage/jobs/submitter.hpp"

#include "pipeline/codes.hpp"
#include "storage/jobs/insert_jobs.hpp"
#include "storage/jobs/job_rows.hpp"
#include "storage/jobs/queue_limit.hpp"
#include "storage/jobs/unique_keys.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace millrace::storage {
namespace {

using submit_result = submitted_job::submit_result;

bool waits(const key_holder& holder) {
  return holder.state && pipeline::holds(pipeline::unique_scope::queued, *holder.state);
}

/// The jobs of one submit: which are to be made, and which other job stands for the rest.
class submit_plan {
 public:
  enum class on_conflict : std::uint8_t { as_told, never_refuse };

  submit_plan(connection& on, const pipeline::catalog& pipelines, std::span<const new_job> jobs,
              time_point now, on_conflict how)
      : on_(on),
        pipelines_(pipelines),
        jobs_(jobs),
        now_(now),
        may_refuse_(how == on_conflict::as_told),
        answers_(jobs.size()) {}

  /// Why nothing can be submitted, if so.
  std::optional<key_is_held> sort() {
    std::set<key_name> names;
    for (const auto& one : jobs_)
      if (one.unique)
        names.insert(name_of(one));
    holders_ = lock_keys(on_, names);
    for (std::size_t i = 0; i < jobs_.size(); ++i)
      if (auto refused = sort_one(i))
        return refused;
    return std::nullopt;
  }

  const std::vector<new_job>& to_make() const { return fresh_; }

  /// The jobs to make have these ids.
  std::vector<submitted_job> finish(std::span<const job_id> ids) {
    std::vector<key_taker> takers;
    for (std::size_t n = 0; n < ids.size(); ++n) {
      answers_[positions_[n]].id = ids[n];
      if (const auto& unique = fresh_[n].unique)
        takers.push_back({name_of(fresh_[n]), ids[n], unique->holds_while});
    }
    take_keys(on_, takers);
    for (const auto& [position, n] : twins_)
      answers_[position].id = ids[n];
    return std::move(answers_);
  }

 private:
  key_name name_of(const new_job& job) const {
    return {pipelines_.at(job.pipeline).name, job.unique->key};
  }

  std::optional<key_is_held> sort_one(std::size_t i) {
    const auto& job = jobs_[i];
    if (!job.unique) {
      make(i);
      return std::nullopt;
    }
    const auto name = name_of(job);
    auto& holder = holders_.at(name);
    const auto policy = job.unique->on_conflict;
    if (policy == pipeline::unique_conflict::replace && holder.job != 0 && waits(holder))
      hold(holder);
    if (!holder.holds()) {
      made_here_[name] = fresh_.size();
      holder = {0, job.unique->holds_while, pipeline::job_state::queued};
      make(i);
      return std::nullopt;
    }
    const bool is_replaced =
        policy == pipeline::unique_conflict::replace && replace(name, holder, job);
    if (may_refuse_ && !is_replaced && policy != pipeline::unique_conflict::keep)
      return key_is_held{i, name.key, holder.job, *holder.state};
    answers_[i] = {holder.job, is_replaced ? submit_result::replaced : submit_result::kept};
    if (const auto at = made_here_.find(name); at != made_here_.end())
      twins_.emplace_back(i, at->second);
    return std::nullopt;
  }

  void make(std::size_t i) {
    positions_.push_back(i);
    fresh_.push_back(jobs_[i]);
  }

  /// From here on no other transaction claims the job that has the key, or ends it.
  void hold(key_holder& holder) {
    const auto row = prepared_jobs(on_, "read_job").with("job", holder.job).first();
    holder.state = row ? pipeline::parse_job_state(std::get<3>(*row)) : std::nullopt;
  }

  /// False when the job that holds the key does not wait any more.
  bool replace(const key_name& name, const key_holder& holder, const new_job& job) {
    if (const auto at = made_here_.find(name); at != made_here_.end()) {
      fresh_[at->second].payload = job.payload;
      return true;
    }
    if (!waits(holder))
      return false;
    on_.prepared<>("replace_payload")
        .with("job", holder.job)
        .with("payload", job.payload)
        .with("now", to_us(now_))
        .run();
    on_.prepared<>("tell_of_job")
        .with("job", holder.job)
        .with("code", pipeline::codes::PAYLOAD_REPLACED)
        .with("message", may_refuse_ ? "by a submit with its unique key"
                                     : "by a handler's answer with its unique key")
        .with("now", to_us(now_))
        .run();
    return true;
  }

  connection& on_;
  const pipeline::catalog& pipelines_;
  std::span<const new_job> jobs_;
  time_point now_;
  bool may_refuse_;
  std::map<key_name, key_holder> holders_;
  std::vector<submitted_job> answers_;
  std::vector<new_job> fresh_;
  /// Of each fresh one among all.
  std::vector<std::size_t> positions_;
  /// The fresh one that has a key.
  std::map<key_name, std::size_t> made_here_;
  /// Positions, and the fresh ones that stand for them.
  std::vector<std::pair<std::size_t, std::size_t>> twins_;
};

/// How many of the jobs are of each pipeline that has a limit.
std::map<std::uint16_t, std::int64_t> count_limited(std::span<const new_job> jobs,
                                                    const pipeline::catalog& pipelines) {
  std::map<std::uint16_t, std::int64_t> counts;
  for (const auto& one : jobs)
    if (pipelines.at(one.pipeline).queue_limit > 0)
      ++counts[one.pipeline];
  return counts;
}

}  // namespace

std::vector<job_id> submitter::enqueue(std::span<const new_job> jobs, time_point now) {
  return guarded("cannot enqueue jobs", [&] {
    transaction tx{context_.on};
    auto ids = insert_jobs(context_.on, context_.pipelines, jobs, random_, now);
    waiting_.note(jobs, ids, now);
    tx.commit();
    return ids;
  });
}

submit_answer submitter::submit(std::span<const new_job> jobs, time_point now) {
  return guarded("cannot submit jobs", [&]() -> submit_answer {
    auto& on = context_.on;
    const auto& pipelines = context_.pipelines;
    transaction tx{on};
    submit_plan all{on, pipelines, jobs, now, submit_plan::on_conflict::as_told};
    if (auto refused = all.sort())
      return std::move(*refused);
    const auto& fresh = all.to_make();
    const auto limited = count_limited(fresh, pipelines);
    for (const auto& [in, count] : limited) {
      const auto& of = pipelines.at(in);
      if (auto full = take_room(on, of.name, of.queue_limit, count, now))
        return std::move(*full);
    }
    const auto ids = enqueue(fresh, now);
    for (const auto& [in, count] : limited) {
      std::vector<job_id> members;
      for (std::size_t i = 0; i < ids.size(); ++i)
        if (fresh[i].pipeline == in)
          members.push_back(ids[i]);
      fill_room(on, pipelines.at(in).name, members);
    }
    auto answers = all.finish(ids);
    tx.commit();
    return answers;
  });
}

std::size_t submitter::make(std::span<const new_job> jobs, time_point now) {
  return guarded("cannot make jobs", [&] {
    transaction tx{context_.on};
    submit_plan all{context_.on, context_.pipelines, jobs, now,
                    submit_plan::on_conflict::never_refuse};
    all.sort();
    const auto ids = enqueue(all.to_make(), now);
    all.finish(ids);
    tx.commit();
    return ids.size();
  });
}

}  // namespace millrace::storage
