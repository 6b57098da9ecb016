#pragma once

#include "base/time.hpp"
#include "storage/claim/claim_order.hpp"
#include "storage/claim/lanes.hpp"
#include "storage/claim/open_writes.hpp"
#include "storage/claim/walk_pace.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::storage {

/// Where the claims of a runtime go on in each level (the jobs of one priority in a lane), so that
/// none walks over what was claimed before: as long as any transaction on the server is older, the
/// index keeps an entry for each of those.
///
/// A job may appear behind such a place: its transaction was slow, it came back, its time was in
/// the past. So the lanes are gone through from their beginnings as well, which is a sweep: each
/// time as long as one costs next to nothing, else when a claim comes short, and a fiftieth of the
/// time at most. A sweep sets the places back to what it finds.
///
/// Where sweeps take too long for each claim, most of it is found without them: a place follows the
/// last jobs that were claimed at a distance, and is set back when a transaction ends that was open
/// meanwhile; new levels are looked for between those that are known, once a second. A job whose
/// time was in the past, and one of a transaction that took more than seconds, waits for the sweep.
class claim_cursors {
 public:
  explicit claim_cursors(const sweep_rules& rules);

  /// Whether the claim is to be a sweep from its beginning.
  bool is_sweep_due(time_point now) const;
  /// How a claim ended: with as many jobs as it may take, with fewer, or with none.
  enum class end : std::uint8_t { full, came_short, empty };
  /// Whether a claim that came to this may go on as a sweep, sooner where there is nothing to do.
  bool may_sweep(end of) const { return until_sweep(of).count() == 0; }
  /// Until it may, or until new levels are looked for.
  duration until_look(end of, time_point now) const;
  /// The next claim is a sweep.
  void sweep_next() { must_sweep_ = true; }
  /// A claim that came short lets the next one sweep, too.
  void ended(end of) { last_end_ = of; }

  /// Looks through some lanes: begins a sweep, or goes on with it in the same claim.
  template <class Look>
  decltype(auto) sweep(time_point now, bool goes_on, Look look) {
    must_sweep_ = false;
    looks_ += goes_on ? 0 : 1;
    swept_at_ = now;
    places_.unknown.clear();
    return pace_.measure(std::move(look), goes_on);
  }
  /// What a sweep found: the first job that waits in a level of the lane.
  void found(const waiting_lane& in, const level_head& head, time_point now);

  /// The first job of the lane stands behind its place.
  bool is_behind(const waiting_lane& in) const;

  /// The lanes where jobs wait, as far as they are known, from their places on.
  std::vector<waiting_lane> waiting(connection& on) const;
  /// The same for a claim, which finds what has come behind the places, and moves them.
  std::vector<waiting_lane> look(connection& on, time_point now);

  /// All jobs of the level were seen that stand before that place, and those that wait, which were
  /// `jobs`, were claimed.
  void took(const claim_order::level& of, const index_place& before, std::size_t jobs,
            time_point now);

  /// There are places, which a job that comes back may lie behind.
  bool has_places() const { return is_used_ && swept_at_; }
  /// A job waits there that did not before. Without a tenant it may be of any: it was not read.
  void came_back(const level_of_jobs& to, const index_place& at);

  /// A claim begins, and whether the last one was rolled back, with what it took.
  void begin(bool was_rolled_back);

 private:
  struct known_level {
    lane_key of;
    index_place from;
    /// The last look that found a job there.
    std::int64_t seen_by = 0;
    /// Where the last claims have come to, in order, each with the jobs that it took.
    std::vector<std::pair<index_place, std::size_t>> recent{};
  };
  /// In the order of the index: by lane, the highest priority first.
  using levels = std::map<std::pair<std::int64_t, std::int64_t>, known_level>;
  struct places {
    levels known;
    /// Levels where a job waits that have no place yet.
    std::map<level_of_jobs, index_place> unknown;
  };

  static levels::key_type key_of(std::int64_t lane, std::int64_t priority) {
    return {lane, ~priority};
  }
  void find_unknown(connection& on, time_point now);
  void find_late(connection& on, time_point now);
  void find_between(connection& on, time_point now);
  void set_back(time_point to);
  duration until_sweep(end of) const;
  /// Until new levels may be looked for.
  duration until_gaps(time_point now) const;
  std::string list() const;
  void drop_oldest();

  /// Or each claim is a sweep.
  bool is_used_;
  duration apart_;
  walk_pace pace_;
  walk_pace gaps_pace_;
  std::optional<time_point> gaps_looked_at_;
  open_writes writes_;
  /// To where this claim has set the places back.
  std::optional<time_point> late_from_;
  bool must_sweep_ = true;
  end last_end_ = end::full;
  std::optional<time_point> swept_at_;
  places places_;
  places places_before_;
  std::int64_t looks_ = 0;
};

}  // namespace millrace::storage
