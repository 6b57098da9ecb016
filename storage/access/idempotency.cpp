#include "storage/access/idempotency.hpp"

#include <chrono>

namespace millrace::storage {
namespace {

constexpr auto kept_for = std::chrono::hours{24};

}  // namespace

std::optional<kept_answer> find_answer(connection& on, const std::string& request, time_point now) {
  return guarded("cannot look up the request", [&]() -> std::optional<kept_answer> {
    auto found = on.prepared<std::string, std::string>("find_answer")
                     .with("request", request)
                     .with("after", to_us(now - kept_for))
                     .first();
    if (!found)
      return std::nullopt;
    return kept_answer{std::get<0>(*found), std::get<1>(*found)};
  });
}

bool keep_answer(connection& on, const std::string& request, const kept_answer& what,
                 time_point now) {
  return guarded("cannot keep the answer", [&] {
    on.prepared<>("forget_answers").with("before", to_us(now - kept_for)).run();
    return on.prepared<>("keep_answer")
               .with("request", request)
               .with("digest", what.digest)
               .with("answer", what.answer)
               .with("now", to_us(now))
               .run() == 1;
  });
}

}  // namespace millrace::storage
