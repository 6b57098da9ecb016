#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::ingest::search {

/// What was made of words lately: a text repeats most of its words. A word takes the place of
/// another with the same hash, so that room and time are bounded.
template <class Value>
class recent_words {
 public:
  /// What `make` made of the word for this tag, or makes now. Valid until the next call.
  template <class Make>
  const Value& find(std::string_view word, std::uint16_t tag, Make make) {
    if (word.size() > longest) {
      single_ = make(word);
      return single_;
    }
    if (slots_.empty())
      slots_.resize(slot_count);
    auto& kept = slots_[hash_of(word, tag) % slot_count];
    if (kept.tag != tag + 1U || kept.word != word) {
      kept.value = make(word);
      kept.word = word;
      kept.tag = tag + 1U;
    }
    return kept.value;
  }

 private:
  static constexpr std::size_t longest = 48;
  static constexpr std::size_t slot_count = 4096;

  struct slot {
    std::string word{};
    Value value{};
    /// One more than the tag; 0 is free.
    std::uint32_t tag = 0;
  };

  static std::size_t hash_of(std::string_view word, std::uint16_t tag) {
    std::uint64_t hash = tag + word.size() * 0x9e3779b97f4a7c15U;
    for (std::size_t at = 0; at < word.size(); at += 8) {
      std::uint64_t eight = 0;
      std::memcpy(&eight, word.data() + at, word.size() - at < 8 ? word.size() - at : 8);
      hash = (hash ^ eight) * 0xff51afd7ed558ccdU;
      hash ^= hash >> 32U;
    }
    return hash;
  }

  std::vector<slot> slots_{};
  Value single_{};
};

}  // namespace millrace::ingest::search
