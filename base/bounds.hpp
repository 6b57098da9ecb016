#pragma once

#include "base/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

/// The bounds of what comes from outside: command lines, lines of JSON, rows, answers of handlers
/// and of services, settings. The migration rows_by_other_hands has those of rows as well.
namespace millrace::bounds {

/// In bytes: a tenant, unique key, correlation id or tag at a command or in a line of JSON.
inline constexpr std::size_t longest_label = 200;
inline constexpr std::size_t most_tags = 20;

/// In bytes: a text of a row that stands in an index, written with SQL. Three of them together (a
/// lane) must fit an entry of a PostgreSQL index, which takes 2704 bytes.
inline constexpr std::size_t longest_key = 800;
static_assert(3 * (longest_key + 8) < 2704);
/// In bytes: the tags of a row, a JSON list.
inline constexpr std::size_t longest_tags = 16'384;

/// Objects and lists within each other in a JSON document. What prints and copies documents is
/// recursive.
inline constexpr int deepest_json = 512;

/// A time that a job can have, 1970 to 9999; the sum of one and a wait stays far from overflow.
inline constexpr time_point earliest{};
inline constexpr time_point latest =
    std::chrono::sys_days{std::chrono::year{10000} / 1 / 1} - duration{1};

/// What a handler may ask to wait.
inline constexpr duration longest_wait = std::chrono::days{365};
/// What a service may ask to wait (Retry-After).
inline constexpr duration longest_retry_after = std::chrono::hours{24};
/// What a person may: a time to come, or a setting.
inline constexpr duration longest_delay = std::chrono::days{36'500};

/// Of a row: each is raised by one now and then, and comes nowhere near.
inline constexpr std::int64_t highest_epoch = (std::int64_t{1} << 60) - 1;
inline constexpr std::int64_t highest_count = 1'000'000'000;

}  // namespace millrace::bounds
