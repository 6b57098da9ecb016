#pragma once

#include "ingest/interfaces.hpp"
#include "ingest/search/search.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace millrace::ingest {

/// Why an embedder does not say what a question means: it never will, or not now.
struct unanswered {
  bool is_refused = false;
  std::string why{};
};

/// The question in the language of the embedder.
std::variant<meaning, unanswered> ask_meaning(const embedder& with, std::string_view query,
                                              const context& at);

}  // namespace millrace::ingest
