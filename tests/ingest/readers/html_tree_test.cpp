#include "ingest/readers/html_tree.hpp"

#include "ingest/document/writer.hpp"
#include "ingest/readers/html_depth.hpp"
#include "tests/support/sample_files.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <random>
#include <string>
#include <utility>
#include <variant>

using namespace millrace;
using namespace millrace::ingest;

namespace {

/// The text of a page; nothing where it is refused.
std::optional<std::string> html_text(std::string_view page) {
  auto read = read_html({page, {}});
  auto* made = std::get_if<tree::document>(&read);
  if (made == nullptr)
    return std::nullopt;
  auto out = render(std::move(*made));
  REQUIRE(fault_of(out.outline, out.text) == "");
  return std::move(out.text);
}

struct html_row {
  std::string html;
  std::string text;
};

void check_html(const html_row& r) {
  CAPTURE(r.html);
  CHECK(html_text(r.html) == r.text);
}

std::string repeated(std::string_view unit, int times) {
  std::string out;
  for (int i = 0; i < times; ++i)
    out += unit;
  return out;
}

}  // namespace

TEST_CASE("HTML's headings and paragraphs are kept") {
  const auto r = GENERATE(values<html_row>({
      {"<h1>One</h1><h6> Six\n words </h6>", "# One\n\n###### Six words\n"},
      {"<p>a</p><p>b<div>c</div>d", "a\n\nb\n\nc\n\nd\n"},
      {"a <b>bold</b>, <i>it</i>alic\n text", "a bold, italic text\n"},
      {"a<br>b<br><br>c", "a\nb\nc\n"},
      {"<a href=x>link <em>text</em></a>", "link text\n"},
      {"x <img src=a alt='the  alt'> y <img src=b>", "x ![the alt] y\n"},
      {"&lt;b&gt; &amp; &eacute;", "<b> & é\n"},
      {"<h2></h2><p> </p>", ""},
      {"<dl><dt>term<dd>what it is</dl>", "term\n\nwhat it is\n"},
      {"", ""},
  }));
  check_html(r);
}

TEST_CASE("HTML's title is the heading of a page that has none") {
  check_html({"<title>The page</title><p>x", "# The page\n\nx\n"});
  check_html({"<title>The page</title><h2>y</h2>", "## y\n"});
}

TEST_CASE("HTML's lists nest, and count") {
  const auto r = GENERATE(values<html_row>({
      {"<p>a<ul><li>b<li>c</ul><p>d", "a\n\n- b\n- c\n\nd\n"},
      {"<ul><li>a<ul><li>b<ul><li>c</ul></ul><li>d</ul>", "- a\n  - b\n    - c\n- d\n"},
      {"<ol start=9><li>a<li>b<ul><li>c</ul></ol>", "9. a\n10. b\n    - c\n"},
      {"<ul><li><p>a</p><p>b</p><li>c</ul>", "- a\n\n  b\n\n- c\n"},
      {"<ul><li>a<ul><li>b</ul>tail</ul>", "- a\n  - b\n\n  tail\n"},
      {"<ul><li></li><li>a</ul>", "- a\n"},
      {"<li>stray", "- stray\n"},
      {"<ul><li>a</ul><ul><li>b</ul>", "- a\n\n- b\n"},
  }));
  check_html(r);
}

TEST_CASE("HTML's quotes and code are kept") {
  const auto r = GENERATE(values<html_row>({
      {"<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n>\n> b\n\nc\n"},
      {"<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n>\n> > b\n"},
      {"use <code>a  b</code> or<code> c`d </code>!", "use `a b` or ``c`d`` !\n"},
      {"<pre>a  b\n\tc\n\n</pre>d", "```\na  b\n\tc\n```\n\nd\n"},
      {"<pre><code class='x language-cpp'>a &lt; b\n</code></pre>", "```cpp\na < b\n```\n"},
      {"<pre>```\nx\n```</pre>", "````\n```\nx\n```\n````\n"},
      {"<ul><li>a<pre>b\n  c</pre></ul>", "- a\n\n  ```\n  b\n    c\n  ```\n"},
      {"<pre> \n</pre>", ""},
  }));
  check_html(r);
}

TEST_CASE("HTML's tables are kept, unless they only arrange the page") {
  const auto r = GENERATE(values<html_row>({
      {"<table><tr><th>A<th>B<tr><td>1|2<td>x<p>y</table>",
       "| A | B |\n| --- | --- |\n| 1\\|2 | x y |\n"},
      {"<table><caption>Cap</caption><tr><td>a<td>b<tr><td>c</table>",
       "Cap\n\n| a | b |\n| --- | --- |\n| c | |\n"},
      {"<table><tr><td colspan=2>a<td>b</table>", "| a | | b |\n| --- | --- | --- |\n"},
      {"<table><tr><td><table><tr><td>a<td>b</table><td>c</table>",
       "| a | b |\n| --- | --- |\n\nc\n"},
      {"<table><tr><td><h1>T</h1><td>side</table>", "# T\n\nside\n"},
      {"<table><tr><td>only</table>", "only\n"},
      {"<table><tr><td><ul><li>a<li>b</ul><td><code>c|d</code></table>",
       "| a b | `c\\|d` |\n| --- | --- |\n"},
      {"<table><tr><td> <td></table>", ""},
  }));
  check_html(r);
}

TEST_CASE("HTML's parts that are not to be read are dropped") {
  const auto part = GENERATE(
      as<std::string>{}, "<script>x</script>", "<style>x</style>", "<nav>x</nav>",
      "<noscript>x</noscript>", "<template>x</template>", "<button>x</button>",
      "<select><option>x</select>", "<textarea>x</textarea>", "<input value=x>", "<p hidden>x</p>",
      "<p style='color: red; DISPLAY : none'>x</p>", "<span aria-hidden=true>x</span>",
      "<div role=navigation>x</div>", "<div class='a navheader'>x</div>",
      "<a class=headerlink>x</a>", "<header>x</header>", "<footer>x</footer>",
      "<svg><text>x</text></svg>", "<iframe>x</iframe>", "<!-- x -->");
  CAPTURE(part);
  CHECK(html_text("<p>before</p>" + part + "<p>after") == "before\n\nafter\n");
}

TEST_CASE("HTML's header is kept where it is more than navigation") {
  check_html({"<header><nav>n</nav><h1>Title</h1></header>x", "# Title\n\nx\n"});
  check_html({"<article><header>by me</header>x<footer>f</footer></article>", "by me\n\nx\n\nf\n"});
}

TEST_CASE(
    "HTML's text stays as it is where it looks like Markdown, and is neither heading nor code") {
  const auto r = GENERATE(values<html_row>({
      {"<p># a", "# a\n"},
      {"<p>- a<br>+ b<br>* c", "- a\n+ b\n* c\n"},
      {"<p>1. a", "1. a\n"},
      {"<p>&gt; a", "> a\n"},
      {"<p>```", "```\n"},
      {"<p>---", "---\n"},
      {"<p>[a]: /b", "[a]: /b\n"},
      {"<p>#a 1.5 -b *c*", "#a 1.5 -b *c*\n"},
  }));
  check_html(r);
}

TEST_CASE("HTML that nests too deep is refused, and no page that only looks like it") {
  CHECK_FALSE(html_text(tests::deep_html(100'000, 0)));
  CHECK_FALSE(html_text(tests::deep_html(max_html_depth + 1, 0)));
  CHECK(html_text(tests::deep_html(max_html_depth - 10, 0)));
  for (const char* unit :
       {"<p>", "<li>", "<br>", "<div></div>", "<tr><td><font>", "<img/>", "</div>", "<p><b>x</b>",
        "<!-- <div> -->", "<script>'<div>'</script>", "<a name=x>", "<dt>x<dd>y",
        "<div title='>'/>"
        "</div>",
        "<ul><li>a<li>b</ul>", "<option>", "< div>", "<h2>x</h2>"}) {
    CAPTURE(unit);
    CHECK_FALSE(nests_deeper_than("<table>" + repeated(unit, 5000), max_html_depth));
  }
  for (const char* unit : {"<div>", "<div><p>", "<b>", "<ul><li>", "<table><tr><td>", "<div/>",
                           "<div></b>", "<DIV a='>' b>", "<blockquote>x", "<x-y>", "<svg><g>"}) {
    CAPTURE(unit);
    CHECK(nests_deeper_than(repeated(unit, 1000), max_html_depth));
  }
}

TEST_CASE("HTML of any kind makes text, without a crash") {
  const std::vector<std::string> pieces{"<p>",
                                        "</p>",
                                        "<ul>",
                                        "</ul>",
                                        "<li>",
                                        "<ol>",
                                        "</ol>",
                                        "<table>",
                                        "</table>",
                                        "<tr>",
                                        "<td>",
                                        "</td>",
                                        "<th>",
                                        "<pre>",
                                        "</pre>",
                                        "<code>",
                                        "</code>",
                                        "<h1>",
                                        "</h1>",
                                        "<div>",
                                        "</div>",
                                        "text ",
                                        " ",
                                        "\n",
                                        "<blockquote>",
                                        "</blockquote>",
                                        "<br>",
                                        "<b>",
                                        "</b>",
                                        "<img alt=x>",
                                        "&amp;",
                                        "&#0;",
                                        "<caption>",
                                        "<svg>",
                                        "</svg>",
                                        "<a>",
                                        "</a>",
                                        "<!--",
                                        "-->",
                                        "<header>",
                                        "</header>",
                                        "\xFF",
                                        "|",
                                        "`",
                                        "#",
                                        "<"};
  std::mt19937 random{1};
  for (int i = 0; i < 3000; ++i) {
    std::string page;
    for (auto k = random() % 30; k > 0; --k)
      page += pieces[random() % pieces.size()];
    CAPTURE(page);
    const auto text = html_text(page);
    REQUIRE(text);
    REQUIRE((text->empty() || text->back() == '\n'));
  }
}
