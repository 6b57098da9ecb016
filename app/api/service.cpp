#include "app/api/service.hpp"

#include "app/api/problem.hpp"
#include "storage/history/job_queries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <exception>
#include <string_view>
#include <utility>

namespace millrace::app::api {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto longest_wait = 5min;
/// How often ended jobs are looked for while requests wait for them.
constexpr auto look_interval = 50ms;
/// A database that counts as slow is asked less often: looking takes a tenth of the time at most.
constexpr int rest_share = 10;

storage::database_settings with_connections(const configuration& config) {
  auto settings = config.values.runtime.database;
  settings.pooled = service::threads + 1;
  return settings;
}

problem unauthorised(std::string why) {
  return problem{401, "TOKEN_INVALID", "the request needs a token", std::move(why),
                 "send `Authorization: Bearer SECRET`; `millrace token create` makes one"}
      .with("WWW-Authenticate", "Bearer");
}

bool has_ended(pipeline::job_state state) {
  return state == pipeline::job_state::done || state == pipeline::job_state::deadletter ||
         state == pipeline::job_state::cancelled;
}

}  // namespace

service::service(const configuration& config, const pipeline::catalog& pipelines,
                 const millrace::clock& time)
    : config_(config),
      connections_(with_connections(config)),
      around_{config_, pipelines, connections_, time, ending_.get_token()} {
  waiter_.run([this] { look_at_waiting(); });
}

service::~service() { stop(duration::max() / 2); }

void service::handle(request asked, answer done) {
  if (at_work_.fetch_add(1) >= most_waiting) {
    --at_work_;
    return done(problem{503, "SERVER_BUSY", "the request was not taken",
                        fmt::format("{} requests are waiting", most_waiting), "try again"}
                    .with("Retry-After", "1")
                    .answer());
  }
  auto shared = std::make_shared<request>(std::move(asked));
  workers_.run([this, shared = std::move(shared), done = std::move(done)] {
    if (!wait_for_end(shared, done))
      done(run(*shared));
    --at_work_;
  });
}

response service::run(const request& asked) {
  try {
    // HEAD is GET without the body, which the server leaves out.
    const auto method = asked.method == "HEAD" ? std::string{"GET"} : asked.method;
    const auto at = find_route(method, asked.path);
    if (at.found == nullptr && at.allowed.empty())
      throw not_found(fmt::format("there is no {}", asked.path), "GET /v1/openapi.json lists all");
    if (at.found == nullptr)
      throw problem{405, "METHOD_NOT_ALLOWED", "the request cannot be used",
                    fmt::format("{} has no {}", asked.path, asked.method),
                    fmt::format("use {}", at.allowed)}
          .with("Allow", at.allowed);
    call in{around_, asked, at, authenticate(asked, *at.found)};
    return at.found->run(in);
  } catch (const std::exception& failure) {
    return answer_failure(failure);
  }
}

storage::access_token service::authenticate(const request& asked, const route& wanted) {
  if (wanted.is_open)
    return {};
  const auto now = clock::now();
  if (const auto wait = logins_.must_wait(asked.peer, now); wait.count() > 0)
    throw problem{429, "TOO_MANY_FAILURES", "the request was not taken",
                  "too many wrong tokens came from this address", "wait, and use the right one"}
        .with("Retry-After", fmt::to_string(wait.count()));
  constexpr std::string_view scheme = "Bearer ";
  const auto said = asked.header("authorization");
  if (said.empty())
    throw unauthorised("it has no Authorization header");
  if (!said.starts_with(scheme))
    throw unauthorised("its Authorization is no Bearer token");
  auto holder = connections_.with_connection("cannot look up the token", [&](auto& on) {
    return storage::find_token(on, said.substr(scheme.size()), around_.time.now());
  });
  if (!holder) {
    logins_.failed(asked.peer, now);
    throw unauthorised("its token is unknown, revoked or expired");
  }
  if (holder->role < wanted.role)
    throw problem{403, "ROLE_TOO_LOW", "the token does not reach that far",
                  fmt::format("it is that of a {}, and this needs that of a {}",
                              to_string(holder->role), to_string(wanted.role)),
                  "use a token of that role"};
  return std::move(*holder);
}

bool service::wait_for_end(const std::shared_ptr<request>& asked, const answer& done) {
  const auto at = find_route(asked->method, asked->path);
  if (at.found == nullptr || at.found->id != "getJob")
    return false;
  try {
    call in{around_, *asked, at, authenticate(*asked, *at.found)};
    const auto wait = std::min<duration>(in.wait("wait"), longest_wait);
    if (wait.count() <= 0 || ending_.stop_requested())
      return false;
    const auto job = in.with_database(
        [&](storage::connection& on) { return storage::find_job(on, in.job_id()); });
    if (!job || has_ended(job->state))
      return false;
    const std::scoped_lock guard{mutex_};
    waiting_.push_back({job->id, clock::now() + wait, asked, done});
    changed_.notify_one();
    return true;
  } catch (const std::exception&) {
    return false;  // run() says what is wrong.
  }
}

/// Those whose jobs have ended, or have no time left, are answered. Rests in between for as long as
/// the look took, ten times over.
void service::look_at_waiting() {
  for (;;) {
    std::vector<waiting_job> due;
    std::vector<std::int64_t> jobs;
    {
      std::unique_lock guard{mutex_};
      changed_.wait(guard, [this] { return ending_.stop_requested() || !waiting_.empty(); });
      if (waiting_.empty())
        return;
      for (const auto& one : waiting_)
        jobs.push_back(one.job);
    }
    const auto begin = clock::now();
    const auto ended = find_ended(jobs);
    {
      const std::scoped_lock guard{mutex_};
      const auto is_due = [&](const waiting_job& one) {
        return ending_.stop_requested() || begin >= one.until || ended.contains(one.job);
      };
      const auto first = std::stable_partition(waiting_.begin(), waiting_.end(),
                                               [&](const auto& one) { return !is_due(one); });
      std::move(first, waiting_.end(), std::back_inserter(due));
      waiting_.erase(first, waiting_.end());
    }
    for (auto& one : due)
      one.done(run(*one.asked));
    std::unique_lock guard{mutex_};
    changed_.wait_for(guard, std::max<clock::duration>(look_interval, rest_share * (clock::now() - begin)),
                      [this] { return ending_.stop_requested(); });
  }
}

std::set<std::int64_t> service::find_ended(const std::vector<std::int64_t>& jobs) {
  try {
    return connections_.with_connection("cannot look for ended jobs", [&](auto& on) {
      return storage::ended_among(on, jobs);
    });
  } catch (const storage::error&) {
    return {};  // They are answered when their time is over, with what the database says then.
  }
}

bool service::stop(duration patience) {
  ending_.request_stop();
  changed_.notify_all();
  const bool waiter_ended = waiter_.stop(patience);
  return workers_.stop(patience) && waiter_ended;
}

}  // namespace millrace::app::api
