#include "ingest/html/read_html.hpp"
#include "tests/ingest/html/print_tree.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::ingest;

namespace {

std::string what_is_left(std::string_view html) {
  const auto read = read_html({html, {}});
  REQUIRE(std::holds_alternative<tree::document>(read));
  return tests::print_tree(std::get<tree::document>(read).content);
}

}  // namespace

TEST_CASE("A page's parts that are not to be read are dropped") {
  const auto part = GENERATE(
      as<std::string>{}, "<script>x</script>", "<style>x</style>", "<nav>x</nav>",
      "<noscript>x</noscript>", "<template>x</template>", "<button>x</button>",
      "<select><option>x</select>", "<textarea>x</textarea>", "<input value=x>", "<p hidden>x</p>",
      "<p style='color: red; DISPLAY : none'>x</p>", "<span aria-hidden=true>★</span>",
      "<i class=material-icons aria-hidden=true>arrow_down</i>",
      "<span class=nav-icon aria-hidden=true>menu</span>", "<div role=navigation>x</div>",
      "<div class='a navheader'>x</div>", "<a class=headerlink href='#a'>¶</a>",
      "<header>x</header>", "<footer>x</footer>", "<svg><text>x</text></svg>", "<iframe>x</iframe>",
      "<!-- x -->", "<div class='hidden'>x</div>", "<div class='d-none other'>x</div>",
      "<span class=sr-only>x</span>", "<dialog>x</dialog>",
      "<div role=dialog aria-modal=true>x</div>", "<div id=onetrust-consent-sdk>x</div>",
      "<div class='site cookie-banner'>We use cookies</div>", "<p style='visibility:hidden'>x</p>",
      "<footer><p>Copyright 2026 ACME</p></footer>", "<span class=mw-editsection>[edit]</span>",
      "<video>x</video>", "<object>x</object>");
  CAPTURE(part);
  CHECK(what_is_left("<p>the text before</p>" + part + "<p>after") ==
        "p the text before\np after\n");
}

TEST_CASE("A page's parts that a reader sees stay, whatever they are called") {
  const auto part = GENERATE(
      as<std::string>{}, "<div hidden=until-found>x</div>", "<div aria-hidden=true>x</div>",
      "<div class='hidden md:block'>x</div>", "<div class='d-none d-lg-block'>x</div>",
      "<dialog open>x</dialog>", "<div class=cookie-recipes>x</div>",
      "<header><p class=byline>x</p></header>", "<footer><p>x</p></footer>",
      "<article><header>x</header></article>", "<main><footer>x</footer></main>",
      "<div class=panel-title><a>x</a></div>", "<details>x</details>", "<label>x</label>");
  CAPTURE(part);
  CHECK(what_is_left("<p>the text before</p>" + part + "<p>after") ==
        "p the text before\np x\np after\n");
}

TEST_CASE("A page's page is read though a script is to show it, or no script runs") {
  CHECK(what_is_left("<h1>T</h1><div id=js_content style='visibility: hidden; opacity: 0;'><p>The "
                     "whole article</p></div>") == "h1 T\np The whole article\n");
  CHECK(what_is_left("<div id=app></div><noscript><p>The article</p></noscript>") ==
        "p The article\n");
}

TEST_CASE("A page's header is kept where it is more than navigation") {
  CHECK(what_is_left("<header><nav>n</nav><h1>Title</h1></header>x") == "h1 Title\np x\n");
  CHECK(what_is_left("<article><header>by me</header>x<footer>f</footer></article>") ==
        "p by me\np x\np f\n");
  CHECK(what_is_left("<header>By <time>2 March</time></header>x") == "p By 2 March\np x\n");
  CHECK(what_is_left("<header><a href=/>Home</a></header>x") == "p x\n");
}

TEST_CASE("A page's links of headings to themselves are no part of them") {
  const auto heading = GENERATE(
      as<std::string>{}, "<h2>Limits<a class=heading-permalink href='#l'>¶</a></h2>",
      "<h2><a class=doc-anchor href='#e'>§</a>Limits</h2>",
      "<h2>Limits<a class=header-anchor href='#i'>#</a></h2>", "<h2><a href='#x'>🔗</a> Limits</h2>",
      "<h2><a class=anchor href='#l'>Limits</a></h2>",
      "<h2>Limits <a class=permalink href='#l'>Permalink</a></h2>",
      "<h2>Limits<a class=hash-link href='#l'>&#8203;</a></h2>");
  CAPTURE(heading);
  CHECK(what_is_left(heading) == "h2 Limits\n");
  CHECK(what_is_left("<dl><dt>Limits<a class=headerlink href='#l'>¶</a><dd>a</dl>") ==
        "term Limits\nis\n  p a\n");
  CHECK(what_is_left("<p>see <a href='#s'>§</a>") == "p see §\n");
}

TEST_CASE("A page's questions in buttons stay, and are no headings") {
  CHECK(what_is_left("<h3><button>What is a pump?</button></h3><div>It lifts.</div>") ==
        "h3 What is a pump?\np It lifts.\n");
  CHECK(what_is_left("<button class=accordion>What is a pump?</button><div>It lifts.</div>") ==
        "p What is a pump?\np It lifts.\n");
  CHECK(what_is_left("<h1>Trait<button><img alt='Copy item path'></button></h1>a") ==
        "h1 Trait\np a\n");
  CHECK(what_is_left("<button><h3>What is it?</h3></button>a") == "p What is it?\np a\n");
}
