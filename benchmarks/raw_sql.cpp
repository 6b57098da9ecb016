#include "benchmarks/raw_sql.hpp"

#include "storage/claim/lanes.hpp"
#include "storage/db/id_list.hpp"
#include "storage/jobs/job_store.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace millrace::benchmarks {
namespace {

/// One connection, and the parameters of the statements that it repeats.
class raw_writer {
 public:
  raw_writer(const bench_database& on, const pipeline::definition& plan, int batch)
      : on_(on.settings()), plan_(plan), batch_(batch) {}

  /// Claims a batch; false when there was none.
  bool claim() {
    std::vector<std::int64_t> claimed;
    storage::transaction all{on_};
    const auto lanes = storage::waiting_lanes(on_, storage::no_lane, 1);
    if (lanes.empty())
      return false;
    on_.prepared<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::string>(
           "claim")
        .with("runtime", runtime)
        .with("lane", lanes.front().id)
        .with("pipeline", lanes.front().of.pipeline)
        .with("stage", lanes.front().of.stage)
        .with("priority", 0)
        .with("from_run_at", to_us(lanes.front().head))
        .with("from_job", lanes.front().head_job)
        .with("limit", batch_)
        .with("until", now_us())
        .with("now", now_us())
        .each([&](std::int64_t id, const auto&...) { claimed.push_back(id); });
    if (claimed.empty())
      return false;
    count_ = static_cast<std::int64_t>(claimed.size());
    storage::id_list list{on_.dialect(), claimed.size()};
    for (const auto id : claimed)
      list.add(id);
    ids_ = list.finish();
    if (on_.dialect() == storage::dialect::sqlite)
      on_.prepared<>("claim_events").with("ids", ids_).with("now", now_us()).run();
    all.commit();
    return true;
  }

  void advance(std::size_t stage) {
    const bool last = stage + 1 == plan_.stages.size();
    const auto epoch = static_cast<std::int64_t>(stage) + 1;
    storage::transaction all{on_};
    if (on_.dialect() == storage::dialect::sqlite) {
      add_event(stage, "stage_done", epoch);
      if (last)
        add_event(stage, "finalized", epoch);
      check(change(on_.prepared<>(last ? "change_to_ended" : "change_stage"), stage, epoch).run());
    } else {
      auto& statement =
          on_.prepared<std::int64_t, std::string>(last ? "change_to_ended" : "change_stage");
      event(change(statement, stage, epoch), stage, "stage_done", epoch)
          .with("claimed_by", runtime);
      if (last)
        statement.with("last_type", "finalized")
            .with("last_severity", "info")
            .with("last_code", "")
            .with("last_message", "");
      check(std::get<0>(statement.first().value()));
    }
    all.commit();
  }

 private:
  /// The runtime that claims.
  static constexpr std::int64_t runtime = 1;

  static std::int64_t now_us() { return to_us(system_clock{}.now()); }

  void check(std::int64_t changed) const {
    if (changed != count_)
      throw std::runtime_error{fmt::format("{} jobs changed, not {}", changed, count_)};
  }

  template <class Statement>
  Statement& fence(Statement& to, std::int64_t epoch) {
    to.with("ids", ids_)
        .with("epoch", epoch)
        .with("state", "working")
        .with("cancel_requested", 0)
        .with("now", now_us());
    return to;
  }

  template <class Statement>
  Statement& event(Statement& to, std::size_t stage, std::string_view type, std::int64_t epoch) {
    to.with("stage", plan_.stages[stage].name)
        .with("type", type)
        .with("severity", "info")
        .with("code", "")
        .with("message", "")
        .with("to_epoch", epoch + 1)
        .with("attempt", 0);
    return to;
  }

  void add_event(std::size_t stage, std::string_view type, std::int64_t epoch) {
    auto& statement = fence(on_.prepared<>("change_events"), epoch);
    check(event(statement, stage, type, epoch).with("claimed_by", runtime).run());
  }

  template <class Statement>
  Statement& change(Statement& to, std::size_t stage, std::int64_t epoch) {
    const bool last = stage + 1 == plan_.stages.size();
    fence(to, epoch)
        .with("to_stage", plan_.stages[last ? stage : stage + 1].name)
        .with("to_epoch", epoch + 1)
        .with("attempt", 0)
        .with("crashes", 0);
    if (last)
      to.with("to_state", "done");
    return to;
  }

  storage::connection on_;
  const pipeline::definition& plan_;
  int batch_;
  std::string ids_;
  std::int64_t count_ = 0;
};

}  // namespace

std::chrono::duration<double> run_raw_sql(const bench_database& on,
                                          const pipeline::definition& plan, int batch) {
  raw_writer writer{on, plan, batch};
  const auto took = time_of([&] {
    while (writer.claim())
      for (std::size_t stage = 0; stage < plan.stages.size(); ++stage)
        writer.advance(stage);
  });
  if (const auto left = ask(on.settings(), "select count(*) from jobs where state <> 'done'"))
    throw std::runtime_error{fmt::format("{} jobs are not done", left)};
  return took;
}

std::vector<raw_latency> time_raw_sql(const bench_database& on, const pipeline::definition& plan,
                                      std::int64_t jobs, const std::function<void()>& pause) {
  using clock = std::chrono::steady_clock;
  const pipeline::catalog pipelines{{plan}};
  storage::connection client{on.settings()};
  storage::job_store store{client, pipelines};
  raw_writer writer{on, plan, 1};
  std::vector<raw_latency> all;
  for (std::int64_t i = 0; i < jobs; ++i) {
    const auto begin = clock::now();
    const storage::new_job job;
    store.submitter.enqueue({&job, 1}, system_clock{}.now());
    if (!writer.claim())
      throw std::runtime_error{"the job that was enqueued is not there"};
    const auto claimed = clock::now();
    const auto last = plan.stages.size() - 1;
    for (std::size_t stage = 0; stage < last; ++stage)
      writer.advance(stage);
    all.push_back({claimed - begin, clock::now() - begin});
    writer.advance(last);
    pause();
  }
  return all;
}

}  // namespace millrace::benchmarks
