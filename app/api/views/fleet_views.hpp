#pragma once

#include "actors/inspector/protocol/json_fields.hpp"
#include "base/time.hpp"
#include "storage/access/tokens.hpp"
#include "storage/runtimes/schedules.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::storage {

/// What a token shows of itself.
template <class F, actors::either<access_token> X>
void list_fields(F& f, X& x) {
  f("name", x.name);
  f("role", x.role);
  f("owner", x.owner);
  f("tenant", x.tenant);
  f("pipeline", x.pipeline);
  f("created_at", x.created_at);
  f("created_by", x.created_by);
  f("expires_at", x.expires_at);
}

}  // namespace millrace::storage

/// What the API answers about what makes and directs jobs, as job_views.hpp.
namespace millrace::app::api {

using actors::either;

struct schedule_view {
  std::string schedule;
  std::string pipeline;
  std::string cron;
  time_point next_at;
  std::optional<time_point> last_at;
  std::optional<std::int64_t> last_job;
  std::optional<time_point> paused_at;
  std::string paused_by;
  /// No runtime keeps it any more.
  bool left = false;
};

inline schedule_view view_of(const storage::known_schedule& known, time_point now) {
  return {.schedule = known.name,
          .pipeline = known.pipeline,
          .cron = known.cron,
          .next_at = known.next_at,
          .last_at = known.last_at,
          .last_job = known.last_job == 0 ? std::nullopt : std::optional{known.last_job},
          .paused_at = known.paused_at,
          .paused_by = known.paused_by,
          .left = known.is_left(now)};
}

struct schedule_list {
  std::vector<schedule_view> schedules;
};

struct tenant_view {
  std::string tenant;
  std::int64_t weight = 0;
  std::int64_t concurrency_limit = 0;
  std::string rate_limit;
};

struct tenant_list {
  std::vector<tenant_view> tenants;
};

struct token_list {
  std::vector<storage::access_token> tokens;
};

struct new_token_view {
  storage::access_token token;
  /// It is shown this once.
  std::string secret;
};

struct order_view {
  bool done = false;
  std::string text;
};

template <class F, either<schedule_view> X>
void list_fields(F& f, X& x) {
  f("schedule", x.schedule);
  f("pipeline", x.pipeline);
  f("cron", x.cron);
  f("next_at", x.next_at);
  f("last_at", x.last_at);
  f("last_job", x.last_job);
  f("paused_at", x.paused_at);
  f("paused_by", x.paused_by);
  f("left", x.left);
}

template <class F, either<schedule_list> X>
void list_fields(F& f, X& x) {
  f("schedules", x.schedules);
}

template <class F, either<tenant_view> X>
void list_fields(F& f, X& x) {
  f("tenant", x.tenant);
  f("weight", x.weight);
  f("concurrency_limit", x.concurrency_limit);
  f("rate_limit", x.rate_limit);
}

template <class F, either<tenant_list> X>
void list_fields(F& f, X& x) {
  f("tenants", x.tenants);
}

template <class F, either<token_list> X>
void list_fields(F& f, X& x) {
  f("tokens", x.tokens);
}

template <class F, either<new_token_view> X>
void list_fields(F& f, X& x) {
  f("token", x.token);
  f("secret", x.secret);
}

template <class F, either<order_view> X>
void list_fields(F& f, X& x) {
  f("done", x.done);
  f("text", x.text);
}

}  // namespace millrace::app::api
