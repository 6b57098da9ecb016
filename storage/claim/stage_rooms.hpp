#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <utility>
#include <vector>

namespace millrace::storage {

/// Of how many more jobs each stage has room in a runtime, by its position in the catalog; no bound
/// where nothing was said.
class stage_rooms {
 public:
  /// The numbers of a pipeline and of its stage.
  using place = std::pair<std::uint16_t, std::uint16_t>;

  stage_rooms() = default;
  explicit stage_rooms(std::vector<std::vector<int>> rooms) : rooms_(std::move(rooms)) {}

  std::size_t at(place of) const {
    return rooms_.empty() ? std::numeric_limits<std::size_t>::max()
                          : static_cast<std::size_t>(rooms_[of.first][of.second]);
  }
  /// So many were claimed there; at most as many as there was room for.
  void took(place of, std::size_t jobs) {
    if (!rooms_.empty())
      rooms_[of.first][of.second] -= static_cast<int>(jobs);
  }
  /// Jobs were left there for want of room.
  void left(place of) { wanting_.insert(of); }
  const std::set<place>& wanting() const { return wanting_; }

 private:
  std::vector<std::vector<int>> rooms_;
  std::set<place> wanting_;
};

}  // namespace millrace::storage
