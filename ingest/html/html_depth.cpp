#include "ingest/html/html_depth.hpp"

#include "base/unicode/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace millrace::ingest {
namespace {

/// The name of a tag in lower case, as a number.
using tag = std::uint32_t;

constexpr tag tag_of(std::string_view name) {
  tag hash = 2166136261u;
  for (const char c : name)
    hash = (hash ^ static_cast<unsigned char>(ascii_lower(c))) * 16777619u;
  return hash;
}

template <class... Names>
constexpr auto tags(const Names&... names) {
  return std::array<tag, sizeof...(Names)>{tag_of(names)...};
}

template <class Set>
constexpr bool in(tag t, const Set& set) {
  return std::find(set.begin(), set.end(), t) != set.end();
}

constexpr auto empty_elements =
    tags("area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link",
         "meta", "param", "source", "track", "wbr", "html", "head", "body", "option", "optgroup",
         "caption", "colgroup", "command", "bgsound", "basefont", "image");
constexpr auto raw_text =
    tags("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes");
constexpr auto formatting = tags("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small",
                                 "strike", "strong", "tt", "u", "span");
constexpr auto never_in_itself = tags("a", "nobr", "button");
constexpr auto walls = tags("table", "template", "object", "marquee", "applet");
constexpr auto cells = tags("td", "th");
constexpr auto sections = tags("tbody", "thead", "tfoot");
constexpr auto terms = tags("dt", "dd");
constexpr auto item = tags("li");
constexpr auto row = tags("tr");
constexpr auto paragraph = tags("p");
constexpr auto foreign = tags("svg", "math");
constexpr auto lists = tags("ul", "ol", "dl", "menu", "dir");

/// The elements that are open, as a parser would have them, nearly.
class open_elements {
 public:
  std::size_t depth() const { return open_.size(); }

  /// Inside of pictures and formulas, and only there, `<x/>` is a whole element.
  bool in_foreign() const { return find(foreign, std::array<tag, 0>{}) != open_.size(); }

  void start(tag t) {
    if (in(t, empty_elements) || (in(t, never_in_itself) && is_open(t)))
      return;
    if (!in(t, formatting))
      close_paragraph();
    if (in(t, cells))
      close(cells, walls);
    else if (in(t, row))
      close(row, walls);
    else if (in(t, sections))
      close(sections, walls);
    else if (in(t, item))
      close(item, lists);
    else if (in(t, terms))
      close(terms, lists);
    open_.push_back(t);
  }

  void end(tag t) {
    if (in(t, paragraph)) {
      close_paragraph();
    } else if (in(t, formatting)) {
      const auto at = find(std::array{t}, walls);
      if (at != open_.size())
        open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(at));
    } else if (in(t, walls)) {
      close(std::array{t}, std::array<tag, 0>{});
    } else {
      close(std::array{t}, walls);
    }
  }

 private:
  /// The innermost open one of `wanted`, not looking past one of `until`; or the size.
  template <class Wanted, class Until>
  std::size_t find(const Wanted& wanted, const Until& until) const {
    for (auto at = open_.size(); at-- > 0;) {
      if (in(open_[at], wanted))
        return at;
      if (in(open_[at], until))
        break;
    }
    return open_.size();
  }

  bool is_open(tag t) const { return find(std::array{t}, walls) != open_.size(); }

  /// Closes the innermost of `wanted` with all that is in it.
  template <class Wanted, class Until>
  void close(const Wanted& wanted, const Until& until) {
    open_.resize(find(wanted, until));
  }

  void close_paragraph() {
    for (auto at = open_.size(); at-- > 0;) {
      if (in(open_[at], paragraph)) {
        open_.resize(at);
        return;
      }
      if (!in(open_[at], formatting))
        return;
    }
  }

  std::vector<tag> open_;
};

/// Where the tag that begins before `at` ends: after its '>'.
std::size_t end_of_tag(std::string_view html, std::size_t at) {
  for (; at < html.size(); ++at) {
    at = html.find_first_of("\"'>", at);
    if (at == std::string_view::npos)
      return html.size();
    if (html[at] == '>')
      return at + 1;
    // A quote begins a value only after `=`; elsewhere it is part of a name.
    const auto before = html.find_last_not_of(" \t\r\n\f", at - 1);
    if (before != std::string_view::npos && html[before] == '=') {
      at = html.find(html[at], at + 1);
      if (at == std::string_view::npos)
        return html.size();
    }
  }
  return html.size();
}

/// Where the end tag of a raw text element begins.
std::size_t end_of_raw_text(std::string_view html, std::size_t at, std::string_view name) {
  while ((at = html.find("</", at)) != std::string_view::npos) {
    const auto found = html.substr(at + 2, name.size());
    if (std::equal(found.begin(), found.end(), name.begin(), name.end(),
                   [](char a, char b) { return ascii_lower(a) == ascii_lower(b); }))
      return at;
    at += 2;
  }
  return html.size();
}

std::size_t after(std::string_view html, std::size_t at, std::string_view end) {
  at = html.find(end, at);
  return at == std::string_view::npos ? html.size() : at + end.size();
}

}  // namespace

bool nests_deeper_than(std::string_view html, std::size_t limit) {
  open_elements open;
  std::size_t at = 0;
  while ((at = html.find('<', at)) != std::string_view::npos && at + 1 < html.size()) {
    const bool is_end = html[at + 1] == '/';
    const auto name_at = at + (is_end ? 2 : 1);
    if (html.substr(at).starts_with("<!--")) {
      at = after(html, at + 2, "-->");
    } else if (html[at + 1] == '!' || html[at + 1] == '?') {
      at = after(html, at, ">");
    } else if (name_at < html.size() && is_ascii_letter(html[name_at])) {
      const auto name_end = std::min(html.find_first_of(" \t\r\n\f/>", name_at), html.size());
      const auto name = html.substr(name_at, name_end - name_at);
      const auto t = tag_of(name);
      at = end_of_tag(html, name_end);
      if (is_end)
        open.end(t);
      else if (in(t, raw_text))
        at = end_of_raw_text(html, at, name);
      else if (!html.substr(0, at).ends_with("/>") || !open.in_foreign())
        open.start(t);
      if (open.depth() > limit)
        return true;
    } else {
      ++at;
    }
  }
  return false;
}

}  // namespace millrace::ingest
