#include "ingest/document/numerals.hpp"

#include <string_view>
#include <utility>

namespace millrace::ingest {

std::string roman_numeral(std::int64_t number) {
  constexpr std::pair<int, std::string_view> digits[]{
      {1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"},
      {40, "xl"},  {10, "x"},   {9, "ix"},  {5, "v"},    {4, "iv"},  {1, "i"}};
  std::string out;
  for (const auto& [value, sign] : digits)
    for (; number >= value; number -= value)
      out += sign;
  return out;
}

std::string letter_numeral(std::int64_t number) {
  std::string out;
  for (; number > 0; number = (number - 1) / 26)
    out.insert(out.begin(), static_cast<char>('a' + (number - 1) % 26));
  return out;
}

}  // namespace millrace::ingest
