#include "base/unicode/letters.hpp"

#include <algorithm>
#include <array>

namespace millrace {
namespace {

struct span_of {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool contains(const std::array<span_of, N>& spans, char32_t c) {
  return std::any_of(spans.begin(), spans.end(),
                     [c](const span_of& s) { return c >= s.first && c <= s.last; });
}

constexpr std::array word_spans{
    span_of{U'0', U'9'},       span_of{U'A', U'Z'},     span_of{U'a', U'z'},
    span_of{0xaa, 0xaa},       span_of{0xb5, 0xb5},     span_of{0xba, 0xba},
    span_of{0xc0, 0xd6},       span_of{0xd8, 0xf6},     span_of{0xf8, 0x2c1},
    span_of{0x300, 0x374},     span_of{0x376, 0x37d},   span_of{0x37f, 0x386},
    span_of{0x388, 0x1fff},    span_of{0x2c00, 0x2dff}, span_of{0x3005, 0x3007},
    span_of{0x3041, 0x3096},   span_of{0x309d, 0x309f}, span_of{0x30a1, 0x30fa},
    span_of{0x30fc, 0x31ff},   span_of{0x3400, 0xd7ff}, span_of{0xf900, 0xfdff},
    span_of{0xfe70, 0xfefc},   span_of{0xff10, 0xff19}, span_of{0xff21, 0xff3a},
    span_of{0xff41, 0xff5a},   span_of{0xff66, 0xffdc}, span_of{0x10000, 0x1cfff},
    span_of{0x20000, 0x3ffff},
};

constexpr std::array ideograph_spans{
    span_of{0x3005, 0x3007}, span_of{0x3041, 0x30ff}, span_of{0x31f0, 0x31ff},
    span_of{0x3400, 0x9fff}, span_of{0xf900, 0xfaff}, span_of{0x20000, 0x3ffff},
};

// Spans in which lower case is upper case plus a distance.
struct shifted_span {
  char32_t first;
  char32_t last;
  char32_t distance;
};

constexpr std::array shifted{
    shifted_span{U'A', U'Z', 32},   shifted_span{0xc0, 0xd6, 32},   shifted_span{0xd8, 0xde, 32},
    shifted_span{0x386, 0x386, 38}, shifted_span{0x388, 0x38a, 37}, shifted_span{0x38c, 0x38c, 64},
    shifted_span{0x38e, 0x38f, 63}, shifted_span{0x391, 0x3a1, 32}, shifted_span{0x3a3, 0x3ab, 32},
    shifted_span{0x400, 0x40f, 80}, shifted_span{0x410, 0x42f, 32},
};

// Spans in which upper and lower case alternate; upper case first at the first code point.
constexpr std::array alternating{
    span_of{0x100, 0x12f},   span_of{0x132, 0x137},   span_of{0x139, 0x148}, span_of{0x14a, 0x177},
    span_of{0x179, 0x17e},   span_of{0x460, 0x481},   span_of{0x48a, 0x4bf}, span_of{0x4d0, 0x52f},
    span_of{0x1e00, 0x1e95}, span_of{0x1ea0, 0x1eff},
};

}  // namespace

bool is_word_part(char32_t c) { return contains(word_spans, c); }

bool is_ideograph(char32_t c) {
  return c >= ideograph_spans[0].first && contains(ideograph_spans, c);
}

char32_t to_lower(char32_t c) {
  for (const auto& span : shifted)
    if (c >= span.first && c <= span.last)
      return c + span.distance;
  if (c == 0x130)
    return U'i';
  if (c == 0x178)
    return 0xff;
  if (c == 0x3c2)
    return 0x3c3;
  for (const auto& span : alternating)
    if (c >= span.first && c <= span.last)
      return (c - span.first) % 2 == 0 ? c + 1 : c;
  return c;
}

}  // namespace millrace
