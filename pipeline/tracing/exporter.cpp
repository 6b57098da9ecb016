#include "pipeline/tracing/exporter.hpp"

#include "base/log.hpp"
#include "net/http/http_response.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <system_error>
#include <utility>

namespace millrace::pipeline::tracing {
namespace {

using namespace std::chrono_literals;

/// Whatever the collector asks for.
constexpr duration longest_wait = 5min;
/// The log says no more often that spans are dropped.
constexpr auto between_words = 1min;

}  // namespace

exporter::exporter(exporter_settings settings, trace_reader read)
    : settings_(std::move(settings)),
      sampler_(settings_.ratio),
      reader_(std::move(read)),
      client_(settings_.http) {}

exporter::~exporter() {
  stop(0s);
  if (thread_.joinable())
    thread_.join();
}

void exporter::start() {
  try {
    thread_ = std::thread{[this] { run(); }};
  } catch (const std::system_error& refused) {
    tell(fmt::format("the system gives no thread: {}", refused.what()));
  }
}

bool exporter::has_room(std::size_t more) const {
  return waiting_.spans.size() + waiting_.to_read.size() + more <= settings_.most_waiting;
}

void exporter::add(std::vector<span> spans) {
  const std::unique_lock guard{mutex_};
  if (!has_room(spans.size()))
    return leave_out(spans.size());
  std::move(spans.begin(), spans.end(), std::back_inserter(waiting_.spans));
  if (waiting_.spans.size() >= settings_.batch)
    changed_.notify_one();
}

void exporter::read(traced_job one) {
  const std::scoped_lock guard{mutex_};
  if (has_room(1))
    waiting_.to_read.push_back(one);
  else
    leave_out(1);
}

void exporter::leave_out(std::size_t spans) {
  dropped_ += static_cast<std::int64_t>(spans);
  has_left_out_ = true;
}

bool exporter::stop(duration patience) {
  std::unique_lock guard{mutex_};
  is_ending_ = true;
  changed_.notify_all();
  if (!thread_.joinable())
    return true;
  const auto has_ended = [this] { return has_ended_; };
  if (!changed_.wait_for(guard, patience, has_ended)) {
    cut_.request_stop();
    if (!changed_.wait_for(guard, 200ms, has_ended))
      return false;
  }
  guard.unlock();
  thread_.join();
  return true;
}

void exporter::run() {
  for (auto some = take(); !some.empty(); some = take()) {
    if (some.is_part)
      tell(fmt::format("more than {} spans wait to be sent", settings_.most_waiting));
    read_jobs(some);
    try {
      deliver(some);
    } catch (const std::exception& failure) {
      drop(some.spans.size(), failure.what());
    }
  }
  if (dropped_ != told_dropped_)
    warn("the runtime ends");
  const std::scoped_lock guard{mutex_};
  has_ended_ = true;
  changed_.notify_all();
}

exporter::batch exporter::take() {
  std::unique_lock guard{mutex_};
  const auto is_full = [this] { return is_ending_ || waiting_.spans.size() >= settings_.batch; };
  while (!is_ending_ && waiting_.empty())
    changed_.wait_for(guard, settings_.interval, is_full);
  if (!is_full())
    changed_.wait_for(guard, settings_.interval, is_full);
  batch some{.is_part = std::exchange(has_left_out_, false)};
  const auto cut = [&](auto& from, auto& to) {
    const auto end =
        from.begin() + static_cast<std::ptrdiff_t>(std::min(from.size(), settings_.batch));
    to.assign(std::make_move_iterator(from.begin()), std::make_move_iterator(end));
    from.erase(from.begin(), end);
  };
  cut(waiting_.spans, some.spans);
  cut(waiting_.to_read, some.to_read);
  return some;
}

void exporter::read_jobs(batch& of) {
  if (of.to_read.empty())
    return;
  try {
    auto more = reader_(sampler_, of.to_read);
    std::move(more.begin(), more.end(), std::back_inserter(of.spans));
  } catch (const std::exception& failure) {
    drop(of.to_read.size(), failure.what());
  }
}

void exporter::deliver(const batch& of) {
  if (of.spans.empty())
    return;
  const auto body = to_otlp(of.spans, settings_.source);
  auto pause = settings_.pause;
  for (;;) {
    const auto got =
        client_.send({.url = settings_.url, .body = body, .key = settings_.key}, cut_.get_token());
    const auto verdict = net::judge(got);
    if (verdict == net::verdict::fine)
      return delivered(of.spans.size(), read_partial_success(got.body));
    const auto why = net::describe(settings_.url, got, settings_.key);
    const bool may_succeed =
        verdict == net::verdict::transient || verdict == net::verdict::throttled;
    if (may_succeed)
      tell(why);
    const auto wait = std::min(got.retry_after.value_or(pause), longest_wait);
    if (!may_succeed || !pause_for(wait))
      return drop(of.spans.size(), why);
    pause = std::min(2 * pause, settings_.longest_pause);
  }
}

void exporter::delivered(std::size_t spans, const partial_success& said) {
  const auto refused = std::clamp<std::int64_t>(said.refused, 0, static_cast<std::int64_t>(spans));
  sent_ += static_cast<std::int64_t>(spans) - refused;
  if (refused > 0)
    return drop(static_cast<std::size_t>(refused),
                fmt::format("{} took the request, but refused {} of its {} spans: {}",
                            settings_.url, refused, spans, said.why));
  if (std::exchange(is_failing_, false)) {
    log_event(log_level::info, "TRACES_SENT_AGAIN", {{"dropped", dropped_.load()}});
    told_dropped_ = dropped_;
  }
}

void exporter::drop(std::size_t spans, const std::string& why) {
  dropped_ += static_cast<std::int64_t>(spans);
  tell(why);
}

void exporter::tell(const std::string& why) {
  const auto now = std::chrono::steady_clock::now();
  if (!told_at_ || now - *told_at_ >= between_words)
    warn(why);
}

void exporter::warn(const std::string& why) {
  is_failing_ = true;
  told_at_ = std::chrono::steady_clock::now();
  told_dropped_ = dropped_;
  log_event(log_level::warning, "TRACES_NOT_SENT",
            {{"why", why},
             {"dropped", dropped_.load()},
             {"next", "check telemetry.otlp_endpoint and the collector; jobs go on"}});
}

bool exporter::pause_for(duration time) {
  std::unique_lock guard{mutex_};
  return !changed_.wait_for(guard, time, [this] { return is_ending_; });
}

}  // namespace millrace::pipeline::tracing
