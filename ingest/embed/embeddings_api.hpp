#pragma once

#include "ingest/model.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What `POST /v1/embeddings` says and hears, as OpenAI, llama.cpp's server, Ollama, vLLM and TEI
/// speak it. Pure.
namespace millrace::ingest {

/// The body of a request. `dimensions` is left out where it is nothing: not every model can make
/// shorter vectors, and some servers refuse to be asked.
std::string embeddings_request(const std::string& model, std::optional<std::size_t> dimensions,
                               std::span<const std::string_view> texts);

struct embeddings_answer {
  /// One a text, in order.
  std::vector<vector> vectors{};
  /// What the service counted, if it did.
  std::optional<std::int64_t> tokens{};
  /// What is wrong with it, as the end of a sentence: "its answer is no JSON". Empty for nothing;
  /// else there are no vectors.
  std::string fault{};
};

/// Reads the answer about so many texts, which must have a vector of this dimension for each.
embeddings_answer read_embeddings(std::string_view body, std::size_t count, std::size_t dimension);

/// About how many tokens the text has; rather more than less.
std::int64_t estimate_tokens(std::string_view text);

}  // namespace millrace::ingest
