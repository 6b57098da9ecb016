#include "pipeline/ingest/hashing_embedder.hpp"

#include "pipeline/codes.hpp"
#include "pipeline/ingest/words.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace millrace::pipeline::ingest {
namespace {

// The weights were found by experiment over technical documents, see hashing_embedder_test.cpp.
constexpr float pair_weight = 0.3F;
constexpr float stop_word_weight = 0.0F;
// Of all pieces of a word together, so that a long word does not outweigh a short one.
constexpr float pieces_weight = 0.4F;
constexpr int positions_per_feature = 2;
constexpr std::size_t shortest_piece = 3;
constexpr std::size_t longest_piece = 4;
constexpr std::size_t longest_word_with_pieces = 24;

/// FNV-1a, 64 bits; arithmetic on bytes only, so the same on every machine.
constexpr std::uint64_t hash_seed = 0xcbf29ce484222325U;
constexpr std::uint64_t hash_byte(std::uint64_t hash, unsigned char byte) {
  return (hash ^ byte) * 0x100000001b3U;
}

std::uint64_t hash_of(std::string_view bytes) {
  auto hash = hash_seed;
  for (char c : bytes)
    hash = hash_byte(hash, static_cast<unsigned char>(c));
  return hash;
}

/// Spreads what differs in two hashes over all bits (the last step of MurmurHash3).
constexpr std::uint64_t spread(std::uint64_t hash) {
  hash = (hash ^ hash >> 33U) * 0xff51afd7ed558ccdU;
  hash = (hash ^ hash >> 33U) * 0xc4ceb9fe1a85ec53U;
  return hash ^ hash >> 33U;
}

/// A word or a pair of words of the text, and how often it is there.
struct feature {
  std::uint64_t hash = 0;
  float count = 0;
  /// The word in the arena; an empty one for a pair.
  std::uint32_t word_begin = 0;
  std::uint32_t word_size = 0;
};

/// Counts features by their hash, in an open-addressing table that is used again for every text.
class feature_counts {
 public:
  void clear() {
    features_.clear();
    std::fill(slots_.begin(), slots_.end(), 0);
  }

  /// The feature of that hash, and whether it is new.
  std::pair<feature&, bool> count(std::uint64_t hash) {
    if (features_.size() * 2 >= slots_.size())
      grow();
    auto slot = find(hash);
    const bool is_new = slots_[slot] == 0;
    if (is_new) {
      features_.push_back({.hash = hash});
      slots_[slot] = static_cast<std::uint32_t>(features_.size());
    }
    auto& found = features_[slots_[slot] - 1];
    found.count += 1;
    return {found, is_new};
  }

  const std::vector<feature>& all() const { return features_; }

 private:
  std::size_t find(std::uint64_t hash) const {
    auto slot = spread(hash) & (slots_.size() - 1);
    while (slots_[slot] != 0 && features_[slots_[slot] - 1].hash != hash)
      slot = (slot + 1) & (slots_.size() - 1);
    return slot;
  }

  void grow() {
    slots_.assign(slots_.size() * 2, 0);
    for (std::size_t i = 0; i < features_.size(); ++i)
      slots_[find(features_[i].hash)] = static_cast<std::uint32_t>(i + 1);
  }

  std::vector<feature> features_;
  /// Positions in features_, from 1; 0 for a free slot. Its size is a power of two.
  std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(1024);
};

/// Makes vectors, one after the other.
class vector_maker {
 public:
  vector make(std::string_view text) {
    counts_.clear();
    words_.clear();
    read(text);
    vector made(hashing_embedder::dimensions);
    for (const auto& f : counts_.all()) {
      const auto weight = 1 + std::log(f.count);
      if (f.word_size == 0) {
        add(made, f.hash, pair_weight * weight);
        continue;
      }
      const auto word = std::string_view{words_}.substr(f.word_begin, f.word_size);
      const auto importance = weight * (is_stop_word(word) ? stop_word_weight : 1.0F);
      add(made, f.hash, importance);
      add_pieces(made, word, pieces_weight * importance);
    }
    scale(made);
    return made;
  }

 private:
  void read(std::string_view text) {
    word_reader reader{text};
    std::uint64_t before = 0;
    while (reader.next()) {
      if (stop_word_weight == 0 && is_stop_word(reader.word()))
        continue;
      const auto word = stem(reader.word());
      const auto hash = hash_of(word);
      auto [found, is_new] = counts_.count(hash);
      if (is_new) {
        found.word_begin = static_cast<std::uint32_t>(words_.size());
        found.word_size = static_cast<std::uint32_t>(word.size());
        words_ += word;
      }
      if (before != 0)
        counts_.count(std::rotl(before, 21) ^ hash);
      before = hash;
    }
  }

  static void add(vector& to, std::uint64_t hash, float weight) {
    for (int i = 0; i < positions_per_feature; ++i) {
      hash = spread(hash + 0x9e3779b97f4a7c15U);
      const auto position = (hash >> 32U) % hashing_embedder::dimensions;
      to[position] += (hash & 1U) != 0 ? weight : -weight;
    }
  }

  /// Adds the pieces of a word, which has a mark at either end.
  static void add_pieces(vector& to, std::string_view word, float weight) {
    if (word.size() < shortest_piece || word.size() > longest_word_with_pieces)
      return;
    std::array<char, longest_word_with_pieces + 2> marked{};
    marked[0] = '^';
    std::copy(word.begin(), word.end(), marked.begin() + 1);
    marked[word.size() + 1] = '$';
    const std::string_view whole{marked.data(), word.size() + 2};
    std::size_t pieces = 0;
    for (auto size = shortest_piece; size <= std::min(longest_piece, whole.size()); ++size)
      pieces += whole.size() - size + 1;
    const auto each = weight / std::sqrt(static_cast<float>(pieces));
    for (std::size_t begin = 0; begin + shortest_piece <= whole.size(); ++begin) {
      auto hash = hash_byte(hash_seed, '#');
      for (std::size_t i = begin; i < std::min(begin + longest_piece, whole.size()); ++i) {
        hash = hash_byte(hash, static_cast<unsigned char>(whole[i]));
        if (i - begin + 1 >= shortest_piece)
          add(to, hash, each);
      }
    }
  }

  static void scale(vector& v) {
    double square = 0;
    for (float x : v)
      square += static_cast<double>(x) * static_cast<double>(x);
    if (square == 0)
      return;
    const auto factor = static_cast<float>(1 / std::sqrt(square));
    for (float& x : v)
      x *= factor;
  }

  feature_counts counts_;
  /// The distinct words, one after the other.
  std::string words_;
};

}  // namespace

std::variant<std::vector<vector>, reject, retry> hashing_embedder::embed(
    std::span<const std::string_view> texts, const context& at) const {
  std::vector<vector> made;
  made.reserve(texts.size());
  vector_maker maker;
  for (auto text : texts) {
    if (at.stop.stop_requested())
      return retry{std::string{codes::CANCELLED}, "the answer is no longer wanted", {}};
    made.push_back(maker.make(text));
  }
  return made;
}

std::string embedding_text(const chunk& c) { return c.heading_path + "\n" + c.text; }

}  // namespace millrace::pipeline::ingest
