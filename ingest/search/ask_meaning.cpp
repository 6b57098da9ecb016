#include "ingest/search/ask_meaning.hpp"

#include <array>
#include <utility>

namespace millrace::ingest {

std::variant<meaning, unanswered> ask_meaning(const embedder& with, std::string_view query,
                                              const context& at) {
  const std::array texts{query};
  auto answer = with.embed(texts, at);
  if (auto* made = std::get_if<embedded>(&answer))
    return meaning{with.name(), std::move(made->vectors.front())};
  if (auto* refused = std::get_if<reject>(&answer))
    return unanswered{.is_refused = true, .why = std::move(refused->why)};
  auto* failed = std::get_if<retry>(&answer);
  return unanswered{.why =
                        failed != nullptr ? std::move(failed->why) : std::get<snooze>(answer).why};
}

}  // namespace millrace::ingest
