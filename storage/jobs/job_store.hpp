#pragma once

#include "pipeline/transitions.hpp"
#include "pipeline/unique.hpp"
#include "storage/children/children.hpp"
#include "storage/claim/claim_request.hpp"
#include "storage/claim/claimer.hpp"
#include "storage/claim/returned_jobs.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/change_writer.hpp"
#include "storage/jobs/ended_jobs.hpp"
#include "storage/jobs/job_rows.hpp"
#include "storage/jobs/job_rules.hpp"
#include "storage/jobs/paused_stages.hpp"
#include "storage/jobs/queue_limit.hpp"
#include "storage/runtimes/lease_watch.hpp"
#include "storage/runtimes/runtime_key.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::storage {

using pipeline::job_id;

/// A name that one job of a pipeline has at a time.
struct unique_key {
  std::string key;
  pipeline::unique_scope holds_while = pipeline::unique_scope::unfinished;
  pipeline::unique_conflict on_conflict = pipeline::unique_conflict::keep;
};

/// A job to be.
struct new_job {
  std::uint16_t pipeline = 0;
  std::uint16_t stage = 0;
  int priority = 0;
  /// Not before; `now` if empty.
  std::optional<time_point> run_at{};
  /// Made from random bits if empty.
  std::string correlation_id{};
  /// JSON; empty for none.
  std::string payload{};
  /// Heeded by submit() only.
  std::optional<unique_key> unique{};
  /// The tenant of the job; empty for none.
  std::string tenant{};
  std::vector<std::string> tags{};
  /// The job that makes it, and the stage where that one stands; 0 for none.
  job_id parent = 0;
  std::string made_at{};
};

/// What became of a job that was submitted.
struct submitted_job {
  enum class submit_result : std::uint8_t {
    made,
    /// Another job has its unique key.
    kept,
    /// The same, and that one has the payload now.
    replaced,
  };
  /// The new job, or the other one.
  job_id id = 0;
  submit_result became = submit_result::made;
};

/// Why nothing was submitted: another job holds the unique key of one.
struct key_is_held {
  /// The position of the job that was not made.
  std::size_t index = 0;
  std::string key;
  job_id holder = 0;
  pipeline::job_state holder_state = pipeline::job_state::queued;
};

/// One for each job, in order; or why none was submitted.
using submit_answer = std::variant<std::vector<submitted_job>, key_is_held, queue_is_full>;

/// One thing that happened to one job in this runtime's hands.
struct settlement {
  pipeline::job job;
  pipeline::transition_event what;
  bool carry_on = false;
  /// It could not be written before, for another session held the job.
  bool was_held = false;
};

/// What became of a settlement: the change that was written, or nothing when the fence did not
/// hold (another runtime has the job, or it was cancelled or rescued): then nothing was written.
using settled = std::optional<pipeline::change>;

/// A runtime that watches the others; all must outlive it.
struct onlooker {
  lease_watch& watch;
  const millrace::clock& time;
  const process& self;
  runtime_id id = 0;
};

struct rescue_result {
  std::int64_t rescued = 0;
  /// How many of them are dead now, code POISON.
  std::int64_t poisoned = 0;
  /// How many the database refuses to let be rescued; the others are.
  std::int64_t refused = 0;
};

/// The number of jobs in a state at a stage.
struct stage_count {
  std::string pipeline;
  std::string stage;
  pipeline::job_state state;
  std::int64_t count = 0;
};

/// Jobs and their events in the database: every change that pipeline::apply decides is written
/// here, fenced by the epoch, with its effects and its events, in one transaction. Calls made while
/// a storage::transaction is open on the connection are a part of it; without one, each is a
/// transaction of its own. All throw storage::error. Not for use by two threads at once.
class job_store {
 public:
  /// The catalog must outlive the store.
  job_store(connection& on, const pipeline::catalog& pipelines, const job_rules& rules = {});
  job_store(const job_store&) = delete;
  job_store& operator=(const job_store&) = delete;

  const pipeline::catalog& pipelines() const { return pipelines_; }

  /// Inserts jobs in bulk and returns their ids in order, whatever their unique keys and the limits
  /// of their pipelines.
  std::vector<job_id> enqueue(std::span<const new_job> jobs, time_point now);

  /// The same for submits that heed unique keys and limits: all of the jobs, or none. Of two jobs
  /// in one call with the same key the first counts as there before the second.
  submit_answer submit(std::span<const new_job> jobs, time_point now);

  /// Takes up to `limit` jobs whose time has come, of pipelines and stages that the catalog knows
  /// and that are not paused; each with an event stage_started. Tenants are served by their weights
  /// (fair_share). Looks at a bounded number of tenants and priorities, and at others the next
  /// time.
  claim_result claim(const claim_request& request, time_point now);

  /// After a claim of one job that the database refused for good. Outside of any transaction.
  passed_over pass_over_refused(const std::string& why, time_point now);
  /// From now on a limit that another session holds is not waited for: what needs it is left out,
  /// until all limits are free again.
  void pass_by_held_limits() { claimer_.pass_by_held_limits(); }
  bool passes_by_held_limits() const { return claimer_.passes_by_held_limits(); }

  /// The oldest moment since which a job could have been claimed here and was not; empty when none
  /// waits. Where it takes long to find out, the answer may be that of a while ago.
  std::optional<time_point> oldest_waiting(time_point now);

  /// Writes settlements with their effects and events; answers each, in order. One that lost its
  /// job does not hold up the others. A job whose cancellation was requested becomes cancelled
  /// instead, unless the settlement ends it as done. One that the transition table refuses is a
  /// wrong answer of the handler, and rejected with its reason. A job is not carried on into a
  /// stage that is paused or has limits: the change says `queued`. Of two settlements of one job in
  /// one call, one loses.
  std::vector<settled> settle(std::span<const settlement> settlements, time_point now);

  /// Says which pipelines are served, and where each begins, for clients that submit with SQL; and
  /// that this runtime claims at all of their stages.
  void announce(runtime_id runtime, time_point now);

  /// Looks for runtimes that are dead, and rescues their working jobs; does nothing for a while
  /// where the look took long. Of a process that is known
  /// to be dead (is_process_gone, lease_watch::has_seen_go) those are charged that its
  /// running_jobs_table named last, of another none.
  rescue_result rescue_dead(const onlooker& by, time_point now);

  /// Gives back, uncharged, working jobs of this runtime that it does not hold, and answers which.
  /// `held` are those that it holds, in order. Leaves out what is being changed at this moment.
  std::vector<job_id> release_lost(runtime_id runtime, std::span<const job_id> held,
                                   time_point now);

  /// Rescues the working jobs of `dead` (of every runtime but `keep` if empty). `running`, when
  /// known, names the jobs that were at work when it died: only they are charged a crash.
  rescue_result rescue(std::optional<runtime_id> dead, runtime_id keep,
                       const std::optional<std::vector<job_id>>& running, time_point now);

  /// Cancels a job, or asks the runtime that works on it to. Answers what became of it, or why
  /// nothing did. Its unfinished children are cancelled with it, and theirs: the first of them at
  /// once, many of them by run_child_work().
  std::variant<pipeline::change, pipeline::rejection> cancel(job_id id, const std::string& by,
                                                             time_point now);

  /// Sends an ended job back to a stage. This and the next two wake idle runtimes, and are refused
  /// while another job holds the job's unique key. Children that were made at that stage or a later
  /// one are cancelled and no longer count, for it makes others; of those that were made before,
  /// the dead and cancelled are sent back as well, each to where it stands.
  std::variant<pipeline::change, pipeline::rejection> replay(job_id id,
                                                             const std::string& from_stage,
                                                             const std::string& by, time_point now);

  /// Lets a job run that waits for its time; sends one that is dead or cancelled back to where it
  /// stands.
  std::variant<pipeline::change, pipeline::rejection> retry(job_id id, const std::string& by,
                                                            time_point now);

  /// Lets a job run now that was put back at a stage of this handler to wait for something. Nothing
  /// else is changed by it, so that it may come late, or twice. Wakes idle runtimes, too.
  std::variant<pipeline::change, pipeline::rejection> run_now(job_id id, const std::string& handler,
                                                              const std::string& by,
                                                              time_point now);

  /// Sends those of the jobs back that are as they were when list_ended() found them: to the stage,
  /// or if that is empty, each to where it stands. For a few hundred at a time: a batch is a
  /// transaction.
  sent_back replay_ended(std::span<const ended_job> jobs, const std::string& from_stage,
                         const std::string& by, time_point now);

  /// Moves those of the jobs that are as they were when list_movable() found them to the stage:
  /// they wait there with all of its attempts. `to_pipeline` may be empty: each stays in its own.
  /// The catalog must know the stage, but neither the pipeline nor the stage where they stand. In
  /// another pipeline they keep their unique keys, unless they are held there, and count in its
  /// queue, however full. For a few hundred at a time.
  sent_back move(std::span<const ended_job> jobs, const std::string& to_pipeline,
                 const std::string& to_stage, const std::string& by, time_point now);

  /// Does some of what ends, cancellations and replays ask of the relatives of their jobs: a job
  /// whose last child has ended goes on, children are cancelled or sent back. Waits for no other
  /// transaction.
  void run_child_work(time_point now);
  /// Something is left for run_child_work(), as far as this store knows.
  bool has_child_work() const { return child_work_; }
  /// Whether this store has made jobs due since the last call, besides those of enqueue().
  bool take_made_due() { return std::exchange(made_due_, false); }

  /// Keeps from now on where jobs wait that this store has written, if it makes no claims.
  void keep_waiting() { waiting_.emplace(); }
  first_places::map take_waiting() { return waiting_ ? waiting_->take() : first_places::map{}; }
  /// The same of another store of this runtime: the next claim looks there.
  void came_back(const first_places::map& places) {
    for (const auto& [level, at] : places)
      claimer_.came_back(level, at);
  }

  /// The working jobs of this runtime whose end was requested.
  std::vector<job_id> cancel_requests(runtime_id runtime);

  /// No job is claimed at the stage, or carried on into it, until it is resumed; the same of
  /// `every_stage` of a pipeline, which are paused as one: what was paused by itself stays so when
  /// the pipeline is resumed. Both throw for a stage that the catalog does not know; a stage that
  /// is paused stays paused since then.
  void pause(const std::string& in, const std::string& stage, const std::string& by,
             time_point now);
  void resume(const std::string& in, const std::string& stage, const std::string& by,
              time_point now);

  /// Reads every row of the table: not for each second.
  std::vector<stage_count> counts();

 private:
  /// Changes, and the position of the settlement that each comes from: a few have none.
  struct decisions {
    std::vector<pending_change> changes;
    std::vector<std::size_t> settlement;
  };
  decisions decide(std::span<const settlement> settlements, time_point now);
  /// Where no job is carried on into, for it is paused.
  std::set<std::pair<std::uint16_t, std::uint16_t>> paused_places(
      std::span<const settlement> settlements);
  /// Decides again, and writes, what met a request to cancel.
  void settle_cancelled(std::span<const settlement> settlements, decisions& pending,
                        time_point now);
  std::variant<pipeline::change, pipeline::rejection> change_one(
      job_id id, const pipeline::transition_event& what, time_point now);
  /// The same, for what makes the job claimable: wakes the runtimes that wait for jobs.
  std::variant<pipeline::change, pipeline::rejection> send_on(
      job_id id, const pipeline::transition_event& what, time_point now);
  /// Why the job cannot come back: another one holds its key, which it takes otherwise.
  std::optional<pipeline::rejection> retake_key(job_id id);
  void drop_without_key(std::vector<pending_change>& changes, sent_back& result,
                        const std::string& in_pipeline = {});
  /// The reason of the transition table, or that the catalog does not know the job's pipeline.
  std::string why_refused(const pipeline::definition& in, std::string why) const;
  void change_pipeline(std::vector<pending_change>& changes,
                       const std::map<job_id, std::string>& from, const std::string& to,
                       sent_back& result);
  /// What belongs to the jobs, which are in the order of the ids; of those that are large as many
  /// as the bytes allow, and at least one job. Answers which have nothing yet.
  std::set<job_id> load_details(std::span<pipeline::job* const> claimed, std::string_view ids,
                                std::size_t bytes);
  std::size_t load_large(pipeline::job& claimed);
  /// How many jobs of the size that they have lately; at least one.
  std::size_t fit_into(std::size_t bytes) const;
  /// That happens to the jobs from `first` on, which are of the claim no longer.
  void take_out(claim_result& claimed, std::vector<pipeline::job>::iterator first,
                const pipeline::transition_event& what, time_point now);
  void release_unloaded(claim_result& claimed, const std::set<job_id>& unloaded, time_point now);
  rescue_result rescue_together(std::optional<runtime_id> dead, runtime_id keep,
                                const std::optional<std::vector<job_id>>& running, time_point now);
  /// The same, each in a transaction of its own, where the database refuses one of them.
  rescue_result rescue_each(std::optional<runtime_id> dead, runtime_id keep,
                            const std::optional<std::vector<job_id>>& running, time_point now);
  /// Makes those dead whose documents nothing may read, and takes them out.
  void drop_unreadable(claim_result& claimed, time_point now);
  /// write_changes(), and what the changes ask of relatives.
  void write(std::span<pending_change> changes, time_point now);
  /// The next claim looks where these wait now.
  void note_waiting(const level_of_jobs& level, const index_place& at);
  void note_waiting(std::span<const pending_change> changes);
  void note_waiting(std::span<const new_job> jobs, std::span<const job_id> ids, time_point now);
  void tend_at_once(time_point now);
  void add_work(child_task what, const job_ids& jobs);
  void change_relatives(child_task what, const job_ids& jobs, time_point now);
  std::optional<pipeline::transition_event> asked_of(child_task what, const pipeline::job& job,
                                                     const pipeline::definition& in,
                                                     time_point now);
  bool has_unfinished_child(job_id parent);
  void reach_children(job_id parent, const pipeline::definition& in, std::uint16_t from);
  std::optional<std::string> wrong_children(std::span<const pipeline::effect> effects) const;
  void collect_children(const pipeline::job& parent, const pipeline::effect& effect,
                        std::vector<new_job>& into) const;
  void make_children(std::span<const new_job> children, time_point now);
  void begin_join(const pipeline::job& job);
  void tell_of_due();
  std::variant<pipeline::change, pipeline::rejection> decide_one(
      const pipeline::job& job, const pipeline::transition_event& what,
      const pipeline::transition_context& at) const;
  void require_stage(const char* doing, const std::string& in, const std::string& stage) const;
  void add_stage_event(const std::string& in, const std::string& stage, const std::string& message,
                       time_point now);
  statement<std::int64_t>& insert(std::span<const new_job> jobs, time_point now);
  statement<std::int64_t>& insert_alike(std::span<const new_job> jobs, time_point now);
  void add_payloads(std::span<const new_job> jobs, std::span<const job_id> ids, time_point now);
  void add_labelled(std::span<const new_job> jobs, std::span<const job_id> ids, time_point now);

  /// What takes no longer is done as often as it is asked for.
  static constexpr duration cheap_walk = std::chrono::milliseconds{20};
  static constexpr int walk_parts = 100;

  connection& on_;
  const pipeline::catalog& pipelines_;
  job_rules rules_;
  stage_map stages_;
  claimer claimer_;
  /// What a job that is claimed has of payload and output, lately.
  double job_bytes_ = 0;
  bool child_work_ = false;
  bool made_due_ = false;
  std::optional<first_places> waiting_;
  /// Walks over jobs at work, of this runtime and of others; and over jobs that wait.
  walk_pace rescue_pace_{rules_.sweeps, cheap_walk, 10};
  walk_pace held_pace_{rules_.sweeps, cheap_walk, walk_parts};
  walk_pace others_pace_{rules_.sweeps, cheap_walk, walk_parts};
  walk_pace waiting_pace_{rules_.sweeps, cheap_walk, walk_parts};
  std::optional<time_point> oldest_waiting_;
  /// Of parents: where the next look for an unfinished child begins.
  std::map<job_id, job_id> last_unfinished_;
  std::mt19937_64 random_{std::random_device{}()};
};

}  // namespace millrace::storage
