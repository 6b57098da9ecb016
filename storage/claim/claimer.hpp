#pragma once

#include "base/time.hpp"
#include "pipeline/job.hpp"
#include "storage/claim/claim_cursor.hpp"
#include "storage/claim/claim_order.hpp"
#include "storage/claim/fair_share.hpp"
#include "storage/claim/key_places.hpp"
#include "storage/claim/lanes.hpp"
#include "storage/claim/limiter.hpp"
#include "storage/claim/set_aside.hpp"
#include "storage/claim/stage_rooms.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/job_rows.hpp"
#include "storage/jobs/job_rules.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::storage {

/// Takes jobs whose time has come, of the stages that the catalog knows and that are not paused, as
/// far as their limits and the runtime's room for each stage allow. The tenants are served by their
/// weights (fair_share), and each one's jobs by priority (claim_order). Knows from claim to claim
/// whose turn it is. All within the transaction that is open.
class claimer {
 public:
  /// All must outlive it.
  claimer(connection& on, const pipeline::catalog& pipelines, const stage_map& stages,
          const job_rules& rules)
      : on_(on),
        pipelines_(pipelines),
        stages_(stages),
        rules_(rules),
        limiter_(on, pipelines, rules),
        cursors_(rules.sweeps),
        keys_(on, pipelines) {}

  /// What was taken, without payload and output.
  struct taken {
    std::vector<pipeline::job> jobs;
    /// When fewer than the limit came: when the next may be taken, if there is one.
    std::optional<time_point> next;
    /// Some were due that a limit keeps back, or may wait for a place of their key.
    bool kept_back = false;
    /// Rows were set aside whose relatives have to learn of it.
    bool family_work = false;
    std::vector<job_aside> aside;
    /// Stages whose jobs were due and left, for there was no room for them.
    std::set<stage_rooms::place> wanting;
  };
  taken take(std::int64_t runtime, std::size_t limit, stage_rooms rooms, time_point now);

  /// After a claim that the database refused: the job that it was about to take first, where that
  /// is known.
  std::optional<pipeline::job_id> head_in_hand();
  /// Takes nothing of the lane that it was at until then, or nothing that has limits where it was
  /// at these: then true.
  bool leave_in_hand(time_point until);
  void pass_by_held_limits() { limiter_.pass_by_held(); }
  bool passes_by_held_limits() const { return limiter_.passes_by_held(); }

  /// Whether it has to be told of jobs that begin to wait: of the first of each level.
  bool has_places() const { return cursors_.has_places(); }
  void came_back(const level_of_jobs& to, const index_place& at) { cursors_.came_back(to, at); }

  /// The oldest moment since which a job could have been taken and was not.
  std::optional<time_point> oldest_waiting(time_point now);

 private:
  /// A lane of a stage that the catalog has.
  struct open_lane : waiting_lane {
    stage_rooms::place place;
  };
  /// A lane, and the level below which none was looked at yet.
  struct unseen_levels {
    std::int64_t lane = 0;
    std::int64_t below = 0;
  };
  /// What a tenant has.
  struct turn {
    claim_order order;
    std::vector<unseen_levels> unseen;
  };
  /// One claim under way, and the lanes that it is at.
  struct round {
    std::int64_t runtime = 0;
    std::size_t limit = 0;
    stage_rooms rooms;
    time_point now;
    std::map<std::int64_t, open_lane> lanes;
    std::map<std::string, turn> turns;
    /// By lane and priority: before it nothing waits.
    std::map<std::pair<std::int64_t, std::int64_t>, index_place> starts;
    /// Some stage has room for fewer than the limit.
    bool is_narrow = false;
    /// Some jobs or levels were not looked at.
    bool is_part = false;
    bool kept_back = false;
    bool family_work = false;
    std::vector<job_aside> aside;
    std::vector<pipeline::job> jobs;
  };
  /// What a statement is about.
  struct spot {
    /// About the limits of all, or the places of concurrency keys.
    bool is_limits = false;
    bool is_keys = false;
    std::int64_t lane = no_lane;
    std::int64_t priority = 0;
    time_point until{};
  };

  struct claimed_row {
    std::int64_t id = 0;
    std::int64_t epoch = 0;
    std::int64_t attempt = 0;
    std::int64_t crashes = 0;
    std::int64_t run_at = 0;
  };

  static claim_cursors::end end_of(std::size_t jobs, std::size_t limit);
  taken take_from_cursors(round& r);
  taken take_in_sweep(round& r);
  void look_at_lanes(round& r);
  void look_at_known(round& r);
  void open_turns(std::vector<waiting_lane> lanes, round& r);
  void sort(round& r, const std::optional<level_head>& only = {});
  bool leave_unknown_lanes(const std::vector<waiting_lane>& lanes, const round& r);
  bool leave_foreign_lanes(const std::vector<waiting_lane>& lanes, const round& r);
  void leave_lane_of_others_at(const claim_order::step& what, round& r);
  bool is_troubled(std::int64_t lane, time_point now) const;
  std::optional<open_lane> open(const waiting_lane& one) const;
  void add_level(turn& to, const waiting_lane& of, const level_head& head, round& r);
  void add_levels(turn& to, const waiting_lane& of, round& r);
  std::optional<std::int64_t> add_next_level(turn& to, std::int64_t lane, std::int64_t below,
                                             round& r);
  void serve(round& r);
  std::vector<std::string> next_turns(std::vector<std::string> tenants, const round& r,
                                      std::size_t each) const;
  void take_together(const std::vector<std::string>& tenants, round& r, std::size_t each);
  void take_from(turn& current, round& r, std::size_t at_most);
  void take_in_order(turn& current, round& r, std::size_t end);
  void take_step(const claim_order::step& what, round& r, std::size_t at_most);
  static void add_claimed(round& r, const open_lane& lane, std::int64_t priority,
                          const claimed_row& row, const std::string& correlation_id);
  /// Whether there is no room there, or a limit leaves none.
  bool is_closed(const open_lane& lane, round& r);
  std::size_t room(const open_lane& lane, const round& r) const;
  std::optional<time_point> next_run_at(const claim_order::step& what, round& r);
  /// The last of those that were claimed of a level stood there.
  void claimed_until(const claim_order::level& of, const index_place& last, std::size_t jobs,
                     round& r);

  connection& on_;
  const pipeline::catalog& pipelines_;
  const stage_map& stages_;
  const job_rules& rules_;
  fair_share share_;
  limiter limiter_;
  claim_cursors cursors_;
  key_watch keys_;
  /// How often something was rolled back before the last claim.
  std::uint64_t rollbacks_ = 0;
  /// Where the next claim goes on when there are more lanes than one can look at; and what was
  /// found since the first lane.
  std::int64_t next_lane_ = no_lane;
  struct pass {
    bool has_found = false;
    std::optional<time_point> next;
  };
  pass pass_;
  /// In a lane with more priorities than can compete at once: where the next claim goes on.
  std::map<std::int64_t, std::int64_t> level_in_turn_;
  /// Where the last statement was, and lanes where the database refuses to let jobs be claimed.
  spot at_;
  std::map<std::int64_t, time_point> troubled_until_;
  /// Lanes of stages that the catalog does not know.
  std::map<std::int64_t, time_point> looked_through_until_;
};

}  // namespace millrace::storage
