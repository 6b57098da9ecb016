#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace millrace::actors {

/// What a write does, in this order.
enum class duty : std::uint8_t {
  settle,
  lease,
  children,
  claim,
  rescue,
  controls,
  probe,
  clean_up,
  schedules,
  commit,
};

inline constexpr std::size_t duty_count = static_cast<std::size_t>(duty::commit) + 1;

/// For people.
std::string_view to_string(duty what);

/// Some of them.
class duty_set {
 public:
  constexpr duty_set() = default;
  constexpr duty_set(std::initializer_list<duty> some) {
    for (const auto one : some)
      add(one);
  }

  constexpr void add(duty one) { bits_ |= bit(one); }
  constexpr void add(duty_set others) { bits_ |= others.bits_; }
  constexpr duty_set with(duty one) const {
    auto more = *this;
    more.add(one);
    return more;
  }
  constexpr void remove(duty one) { bits_ &= static_cast<std::uint16_t>(~bit(one)); }
  constexpr bool contains(duty one) const { return (bits_ & bit(one)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }

 private:
  static constexpr std::uint16_t bit(duty one) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(one));
  }

  std::uint16_t bits_ = 0;
};

/// What other processes may have done: asked for the end of jobs, paused stages, ended children, or
/// died.
inline constexpr duty_set look_around{duty::children, duty::rescue, duty::controls};

}  // namespace millrace::actors
