#pragma once

#include "base/time.hpp"
#include "pipeline/codes.hpp"
#include "storage/claim/key_places.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/runtimes/runtime_store.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// How explain() words what belongs to a reason.
namespace millrace::storage {

/// "1,203".
std::string grouped(std::int64_t count);

std::string time_text(time_point at);

/// "in 41s, at 2026-11-24T16:49:47.123Z".
std::string in_future(time_point at, time_point now);

/// "HTTP_503: the service is away".
std::string failure_text(std::string_view code, std::string_view message);

/// "runtime 7 (host, pid 12)".
std::string runtime_text(const runtime_record& one);

/// "; 2 other tenants are served in turn with its own", or nothing.
std::string turn_text(std::int64_t other_tenants);

/// "job 17 has the place of its concurrency key K, and 2 wait before it".
std::string key_text(const std::string& key, const key_wait& held);

/// The advice with the job in its commands, where it says ID.
std::string with_id(std::string_view advice, pipeline::job_id job);

/// What to do about a job whose pipeline does not have its stage any more.
std::string move_from_gone(const job_record& job);

/// What to do about a dead job; `known` is what is known of its code, or null.
std::string next_of_dead(const job_record& job, const pipeline::codes::entry* known);

}  // namespace millrace::storage
