#pragma once

#include "ingest/interfaces.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace millrace::ingest {

/// The local embedder: the words of a text and the pieces of these words, each hashed to signed
/// positions of the vector. Needs no model file and no network, and depends on nothing but the
/// text; unit length, or zeros for a text without words other than stop words.
///
/// What a vector means is fixed with the name: a change of what is hashed, how, or with which
/// weight raises the version.
class hashing_embedder final : public embedder {
 public:
  static constexpr std::size_t dimensions = 384;

  std::string name() const override { return "hashing-384@1"; }
  std::size_t dimension() const override { return dimensions; }
  /// Its vectors know words, as the index of words does, and less exactly.
  bool knows_meanings() const override { return false; }

  /// Never rejects; retries (code CANCELLED) only when the answer is no longer wanted.
  embed_result embed(std::span<const std::string_view> texts, const context& at) const override;
};

/// What is embedded of a chunk: the headings above it, then its text.
std::string embedding_text(const chunk& c);

}  // namespace millrace::ingest
