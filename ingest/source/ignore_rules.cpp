#include "ingest/source/ignore_rules.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <cstddef>
#include <span>

namespace millrace::ingest {
namespace {

constexpr std::string_view any_folders = "**";

/// The end of the `[...]` that begins at `begin`; `begin` where it has none.
std::size_t end_of_set(std::string_view pattern, std::size_t begin) {
  auto at = begin + 1;
  if (at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^'))
    ++at;
  // A `]` that stands first is one of the set.
  const auto end = pattern.find(']', at + 1);
  return end == std::string_view::npos ? begin : end + 1;
}

/// How far the first sign of the pattern, which is no `*`, reaches; 0 where it does not match.
std::size_t match_sign(std::string_view pattern, char c) {
  if (pattern.front() == '?')
    return 1;
  if (pattern.front() == '\\' && pattern.size() > 1)
    return pattern[1] == c ? 2 : 0;
  if (pattern.front() == '[')
    if (const auto end = end_of_set(pattern, 0); end > 0)
      return ::fnmatch(std::string{pattern.substr(0, end)}.c_str(), std::string(1, c).c_str(), 0) ==
                     0
                 ? end
                 : 0;
  return pattern.front() == c ? 1 : 0;
}

/// Only the last `*` is tried again: what the ones before it took is as good as any other.
bool match_name(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  auto star = std::string_view::npos;
  std::size_t after_star = 0;
  while (n < name.size()) {
    const auto used = p < pattern.size() && pattern[p] != '*'
                          ? match_sign(pattern.substr(p), name[n])
                          : std::size_t{0};
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after_star = n;
    } else if (used > 0) {
      p += used;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++after_star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

using parts_view = std::span<const std::string>;

/// The same for folders: `**` takes any number of them, at the end one at least.
bool match_parts(parts_view pattern, std::span<const std::string_view> path) {
  std::size_t p = 0;
  std::size_t n = 0;
  auto star = std::string_view::npos;
  std::size_t after_star = 0;
  while (n < path.size()) {
    if (p < pattern.size() && pattern[p] == any_folders) {
      if (p + 1 == pattern.size())
        return true;
      star = p++;
      after_star = n;
    } else if (p < pattern.size() && match_name(pattern[p], path[n])) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++after_star;
    } else {
      return false;
    }
  }
  return p == pattern.size();
}

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos)
      return parts;
    path.remove_prefix(slash + 1);
  }
}

/// Blanks at the end do not count, unless a `\` stands before them.
std::string_view without_last_blanks(std::string_view line) {
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  while (line.ends_with(' ') && !line.ends_with("\\ "))
    line.remove_suffix(1);
  return line;
}

}  // namespace

ignore_rules::ignore_rules(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF"))
    text.remove_prefix(3);
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    add(without_last_blanks(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void ignore_rules::add(std::string_view line) {
  if (line.empty() || line.front() == '#')
    return;
  rule made;
  if (line.front() == '!') {
    made.takes_back = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    made.only_folders = true;
    line.remove_suffix(1);
  }
  const bool is_tied = line.find('/') != std::string_view::npos;
  if (line.starts_with('/'))
    line.remove_prefix(1);
  if (line.empty())
    return;
  if (!is_tied)
    made.parts.emplace_back(any_folders);
  for (const auto part : parts_of(line))
    made.parts.emplace_back(part);
  rules_.push_back(std::move(made));
}

std::optional<bool> ignore_rules::decide(std::string_view path, bool is_folder) const {
  const auto parts = parts_of(path);
  for (auto one = rules_.rbegin(); one != rules_.rend(); ++one)
    if ((is_folder || !one->only_folders) && match_parts(one->parts, parts))
      return !one->takes_back;
  return std::nullopt;
}

}  // namespace millrace::ingest
