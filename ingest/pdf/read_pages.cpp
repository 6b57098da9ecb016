#include "ingest/pdf/read_pages.hpp"

#include "base/unicode/utf8.hpp"
#include "ingest/pdf/letters.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

namespace millrace::ingest::pdf_layout {
namespace {

// No page is larger; what a damaged file says beyond is no position.
constexpr float farthest = 100'000;

std::string_view attribute(std::string_view tag, std::string_view name) {
  for (auto at = tag.find(name); at != tag.npos; at = tag.find(name, at + 1)) {
    const auto begin = at + name.size();
    if (at > 0 && tag[at - 1] == ' ' && tag.substr(begin).starts_with("=\""))
      return tag.substr(begin + 2, tag.find('"', begin + 2) - begin - 2);
  }
  return {};
}

float coordinate(std::string_view tag, std::string_view name) {
  const auto digits = attribute(tag, name);
  float value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return std::isfinite(value) ? std::clamp(value, -farthest, farthest) : 0;
}

struct entity {
  std::string_view name;
  std::string_view stands_for;
};
constexpr std::array entities{entity{"&amp;", "&"}, entity{"&lt;", "<"}, entity{"&gt;", ">"},
                              entity{"&quot;", "\""}, entity{"&apos;", "'"}};

/// The code point of `&#39;`, and how long that is.
std::optional<std::pair<char32_t, std::size_t>> numbered_entity(std::string_view text) {
  if (!text.starts_with("&#"))
    return std::nullopt;
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), code);
  const auto size = static_cast<std::size_t>(end - text.data());
  const bool known = error == std::errc{} && size < text.size() && text[size] == ';' &&
                     code >= 0x20 && code <= 0x10FFFF;
  return known ? std::optional{std::pair{static_cast<char32_t>(code), size + 1}} : std::nullopt;
}

std::string unescaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto next = std::min(text.find('&', at), text.size());
    out += text.substr(at, next - at);
    at = next;
    if (at == text.size())
      break;
    const auto rest = text.substr(at);
    const auto* const known = std::find_if(entities.begin(), entities.end(), [&](const entity& e) {
      return rest.starts_with(e.name);
    });
    if (known != entities.end()) {
      out += known->stands_for;
      at += known->name.size();
    } else if (const auto numbered = numbered_entity(rest)) {
      utf8::append(out, numbered->first);
      at += numbered->second;
    } else {
      out += text[at++];
    }
  }
  return out;
}

}  // namespace

void measure(line& what) {
  if (what.words.empty())
    return;
  what.at = what.words.front().at;
  std::map<int, float> widths;
  for (const auto& one : what.words) {
    what.at = around(what.at, one.at);
    widths[static_cast<int>(std::lround(height(one.at) * 4))] += width(one.at);
  }
  const auto most =
      std::max_element(widths.begin(), widths.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  what.size = static_cast<float>(most->first) / 4;
}

void page_reader::feed(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto end = bytes.find('\n', at);
    if (end == bytes.npos) {
      rest_ += bytes.substr(at);
      return;
    }
    if (rest_.empty()) {
      read_line(bytes.substr(at, end - at));
    } else {
      rest_ += bytes.substr(at, end - at);
      read_line(rest_);
      rest_.clear();
    }
    at = end + 1;
  }
}

void page_reader::read_line(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  if (line.starts_with("<word ")) {
    read_word(line);
  } else if (line.starts_with("</line>")) {
    end_line();
  } else if (line.starts_with("<block ")) {
    ++blocks_;
  } else if (line.starts_with("<page ")) {
    page_ = {};
    page_.number = ++pages_;
    page_.width = coordinate(line, "width");
    page_.height = coordinate(line, "height");
  } else if (line.starts_with("</page>")) {
    use_(std::exchange(page_, {}));
  }
}

void page_reader::read_word(std::string_view line) {
  const auto begin = line.find('>');
  const auto end = line.rfind("</word>");
  if (begin == line.npos || end == line.npos || end <= begin)
    return;
  const auto tag = line.substr(0, begin);
  word made{{coordinate(tag, "xMin"), coordinate(tag, "yMin"), coordinate(tag, "xMax"),
             coordinate(tag, "yMax")},
            without_ligatures(unescaped(line.substr(begin + 1, end - begin - 1)))};
  if (!made.text.empty())
    line_.words.push_back(std::move(made));
}

void page_reader::end_line() {
  if (line_.words.empty())
    return;
  measure(line_);
  line_.block = blocks_;
  page_.lines.push_back(std::exchange(line_, {}));
}

std::vector<bookmark> read_bookmarks(std::string_view xml) {
  constexpr std::size_t most = 20'000;
  std::vector<bookmark> found;
  int depth = 0;
  for (auto at = xml.find("<outline>"); at != xml.npos && found.size() < most;) {
    const auto rest = xml.substr(at);
    if (rest.starts_with("<outline>")) {
      ++depth;
    } else if (rest.starts_with("</outline>")) {
      --depth;
    } else if (rest.starts_with("<item")) {
      const auto begin = rest.find('>');
      const auto end = rest.find("</item>");
      if (begin < end && end != rest.npos) {
        int page = 0;
        const auto digits = attribute(rest.substr(0, begin), "page");
        std::from_chars(digits.data(), digits.data() + digits.size(), page);
        found.push_back({without_ligatures(unescaped(rest.substr(begin + 1, end - begin - 1))),
                         page, std::max(depth, 1)});
      }
    }
    at = xml.find('<', at + 1);
  }
  return found;
}

}  // namespace millrace::ingest::pdf_layout
