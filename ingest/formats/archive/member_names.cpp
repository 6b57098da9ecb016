#include "ingest/formats/archive/member_names.hpp"

#include "base/unicode/utf8.hpp"
#include "ingest/files/convert.hpp"
#include "ingest/files/decode.hpp"
#include "ingest/files/guess_encoding.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace millrace::ingest::formats {
namespace {

bool is_utf8(std::string_view name) { return utf8::count(name).broken == 0; }

/// Encodings of several bytes a character, whose text is hardly ever plausible by chance.
bool is_of_east_asia(std::string_view encoding) {
  constexpr std::array<std::string_view, 6> all{"shift_jis", "gbk",    "gb18030",
                                                "big5",      "euc-jp", "euc-kr"};
  return std::find(all.begin(), all.end(), encoding) != all.end();
}

std::string decoded(std::string_view joined, bool of_zip) {
  auto guess = guess_encoding(joined);
  if (guess && is_of_east_asia(guess->encoding))
    return std::move(guess->text);
  if (of_zip)
    if (auto made = convert_with(joined, "ibm-437").text; is_plausible_text(made))
      return made;
  return guess ? std::move(guess->text) : convert_with(joined, "ibm-437").text;
}

}  // namespace

void decode_names(std::span<std::string* const> names, bool of_zip) {
  // One by one, names are too short for a guess.
  std::string joined;
  std::vector<std::string*> foreign;
  for (auto* one : names)
    if (!is_utf8(*one)) {
      std::replace(one->begin(), one->end(), '\n', ' ');
      joined += *one + '\n';
      foreign.push_back(one);
    }
  if (foreign.empty())
    return;
  const auto text = decoded(joined, of_zip);
  std::string_view rest = text;
  for (auto* one : foreign) {
    const auto end = rest.find('\n');
    *one = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
}

}  // namespace millrace::ingest::formats
