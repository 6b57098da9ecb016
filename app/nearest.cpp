#include "app/nearest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

namespace millrace::app {
namespace {

/// Half-edits: a name of which only the beginning or the last part was written is a little farther
/// than one that was written whole.
std::size_t distance_to_name(std::string_view word, std::string_view name) {
  constexpr std::size_t telling = 3;
  if (word.size() >= telling && word != name && name.starts_with(word))
    return 1;
  const auto whole = 2 * edit_distance(word, name);
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || word.find('.') != std::string_view::npos)
    return whole;
  return std::min(whole, 2 * edit_distance(word, name.substr(dot + 1)) + 1);
}

}  // namespace

std::size_t edit_distance(std::string_view one, std::string_view other) {
  // Three rows of the usual table: a swap looks two rows back.
  std::vector<std::size_t> before_last(other.size() + 1);
  std::vector<std::size_t> last(other.size() + 1);
  std::vector<std::size_t> row(other.size() + 1);
  for (std::size_t j = 0; j <= other.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= one.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= other.size(); ++j) {
      const std::size_t replaced = one[i - 1] == other[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + replaced});
      if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[other.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  std::string best;
  auto least = std::numeric_limits<std::size_t>::max();
  for (const auto& name : known) {
    const auto distance = distance_to_name(word, name);
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best;
}

std::string near_name(std::string_view word, const std::vector<std::string>& known) {
  // A third of the letters may differ, and one at least. Distances are in half-edits.
  const auto best = nearest(word, known);
  const auto allowed = 2 * std::max<std::size_t>(1, word.size() / 3) + 1;
  return !best.empty() && distance_to_name(word, best) <= allowed ? best : std::string{};
}

std::string list_of_known(const std::vector<std::string>& known) {
  constexpr std::size_t most = 40;
  const std::vector<std::string> shown{known.begin(), known.begin() + std::min(known.size(), most)};
  return known.empty() ? ""
                       : fmt::format("known: {}{}.", fmt::join(shown, ", "),
                                     known.size() > most ? ", ..." : "");
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const auto name = near_name(word, known);
  return name.empty() ? list_of_known(known) : fmt::format("did you mean `{}`?", name);
}

}  // namespace millrace::app
