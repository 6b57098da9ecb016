#include "app/api/event_streams.hpp"

#include "actors/inspector/server/build_rows.hpp"
#include "app/commands/view_fields.hpp"
#include "base/log.hpp"
#include "storage/history/job_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace millrace::app::api {
namespace {

using namespace std::chrono_literals;

constexpr auto stream_look_interval = 50ms;
/// Looks take a fiftieth of the time at most.
constexpr int stream_rest_share = 50;
/// Proxies close connections that are silent for longer.
constexpr auto heartbeat = 15s;
/// How long a stream may go on after its token was revoked.
constexpr auto check_interval = 1s;
constexpr std::int64_t page_size = 1000;
/// Readers at so many places are served in one look.
constexpr std::size_t most_places = 8;
/// A piece of a stream has so many bytes at most, or one event.
constexpr std::size_t piece_size = std::size_t{64} << 10;

std::string write(const storage::event_record& event) {
  return fmt::format("id: {}\ndata: {}\n\n", event.id,
                     storage::in_one_line(fields_of(actors::build_row(event))));
}

bool matches(const event_wish& wish, const storage::event_record& event) {
  return event.id > wish.after && (wish.code.empty() || wish.code == event.code) &&
         (wish.pipeline.empty() || wish.pipeline == event.pipeline);
}

}  // namespace

event_streams::event_streams(storage::database_settings database) : database_(std::move(database)) {
  thread_.run([this] { serve(); });
}

void event_streams::add(net::response_stream to, event_wish wish, std::function<bool()> may_go_on) {
  const std::scoped_lock guard{mutex_};
  if (ends_)
    return to.finish();
  const auto now = clock::now();
  new_.push_back({std::move(to), std::move(wish), std::move(may_go_on), now, now});
  changed_.notify_one();
}

bool event_streams::take_new() {
  std::unique_lock guard{mutex_};
  changed_.wait(guard, [this] { return ends_ || !new_.empty() || !readers_.empty(); });
  for (auto& reader : new_)
    readers_.push_back(std::move(reader));
  new_.clear();
  return !ends_;
}

void event_streams::serve() {
  while (take_new()) {
    const auto begin = clock::now();
    end_forbidden(begin);
    try {
      look();
    } catch (const millrace::error& failure) {
      // Readers wait until the database is back, and miss nothing.
      log_event(log_level::debug, "EVENTS_NOT_READ", {{"why", failure.why()}});
      from_.reset();
    }
    keep_alive(begin);
    std::unique_lock guard{mutex_};
    changed_.wait_for(
        guard,
        std::max<clock::duration>(stream_look_interval, stream_rest_share * (clock::now() - begin)),
        [this] { return ends_; });
  }
  for (const auto& reader : readers_)
    reader.to.finish();
  readers_.clear();
}

void event_streams::look() {
  if (!from_ || from_->on.is_broken())
    from_ = std::make_unique<source>(database_);
  skip_far_behind(storage::last_event_id(from_->on));
  std::set<std::int64_t> places;
  for (const auto& reader : readers_)
    places.insert(reader.wish.after);
  std::size_t served = 0;
  for (const auto after : places) {
    send_page(after);
    if (++served == most_places)
      return;
  }
}

void event_streams::skip_far_behind(std::int64_t newest) {
  for (auto& reader : readers_)
    if (newest - reader.wish.after > most_behind &&
        reader.to.send(fmt::format("id: {}\nevent: missed\ndata: {{\"after\":{},\"until\":{}}}\n\n",
                                   newest, reader.wish.after, newest)))
      reader.wish.after = newest;
}

void event_streams::send_page(std::int64_t after) {
  const auto page =
      storage::read_page(from_->on, from_->horizon, {.after = after, .limit = page_size});
  std::vector<std::string> texts(page.events.size());
  for (auto& reader : readers_) {
    if (reader.wish.after != after)
      continue;
    for (std::size_t i = 0; i < page.events.size(); ++i)
      if (texts[i].empty() && matches(reader.wish, page.events[i]))
        texts[i] = write(page.events[i]);
    send(reader, page.events, texts, page.next_after);
  }
}

/// As far as the reader takes them.
void event_streams::send(reader& to, const std::vector<storage::event_record>& events,
                         const std::vector<std::string>& texts, std::int64_t next_after) {
  std::string piece;
  std::int64_t last = to.wish.after;
  const auto send_piece = [&] {
    if (!piece.empty() && !to.to.send(std::exchange(piece, {})))
      return false;
    to.said_at = clock::now();
    to.wish.after = last;
    return true;
  };
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!matches(to.wish, events[i]))
      continue;
    if (!piece.empty() && piece.size() + texts[i].size() > piece_size && !send_piece())
      return;
    piece += texts[i];
    last = events[i].id;
  }
  if (piece.empty()) {
    to.wish.after = next_after;
    return;
  }
  last = next_after;
  send_piece();
}

void event_streams::end_forbidden(clock::time_point now) {
  for (auto& reader : readers_)
    if (now - reader.checked_at >= check_interval) {
      reader.checked_at = now;
      if (!reader.may_go_on())
        reader.to.finish();
    }
  std::erase_if(readers_, [](const reader& gone) { return !gone.to.is_open(); });
}

/// With the place, which a reader that comes back names, also where nothing matched for long.
void event_streams::keep_alive(clock::time_point now) {
  std::erase_if(readers_, [](const reader& gone) { return !gone.to.is_open(); });
  for (auto& reader : readers_)
    if (now - reader.said_at >= heartbeat) {
      reader.to.send(fmt::format(": heartbeat\nid: {}\n\n", reader.wish.after));
      reader.said_at = now;
    }
}

bool event_streams::stop(duration patience) {
  {
    const std::scoped_lock guard{mutex_};
    ends_ = true;
  }
  changed_.notify_all();
  return thread_.stop(patience);
}

}  // namespace millrace::app::api
