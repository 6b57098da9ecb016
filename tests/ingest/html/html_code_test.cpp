#include "ingest/html/read_html.hpp"
#include "tests/ingest/html/print_tree.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::ingest;

namespace {

struct code_row {
  std::string html;
  std::string tree;
};

void check_code(const code_row& r) {
  CAPTURE(r.html);
  const auto read = read_html({r.html, {}});
  REQUIRE(std::holds_alternative<tree::document>(read));
  CHECK(tests::print_tree(std::get<tree::document>(read).content) == r.tree);
}

}  // namespace

TEST_CASE("A page's code keeps its characters") {
  check_code(GENERATE(values<code_row>({
      {"<pre>a  b\n\tc\n\n</pre>d", "code\n  a  b\n  \tc\np d\n"},
      {"<pre>\n\n  if x:\n    y\n</pre>", "code\n    if x:\n      y\n"},
      {"<pre>```\nx\n```</pre>", "code\n  ```\n  x\n  ```\n"},
      {"<pre> \n</pre>", ""},
      {"<pre><span>from</span> <b>x</b>&nbsp;import<br>y</pre>", "code\n  from x import\n  y\n"},
      {"<pre><div>a</div><div>  b</div></pre>", "code\n  a\n    b\n"},
      {"<pre><code><span class=boring>fn main() {\n</span>a();\n<span "
       "class=boring>}</span></code></pre>",
       "code\n  a();\n"},
      {"<pre>a<button>Copy</button></pre>", "code\n  a\n"},
      {"<code style='white-space: pre'>a\n  b</code>", "code\n  a\n    b\n"},
      {"<div class=fragment><div class=line><a name=l1></a><span class=lineno>    1</span>int "
       "x;</div><div class=line><span class=lineno>    2</span>  y();</div></div>",
       "code\n  int x;\n    y();\n"},
      {"<pre class=verse>Roses\n  are</pre>", "verse\n  Roses\n    are\n"},
  })));
}

TEST_CASE("A page's code has the language that its highlighter notes") {
  check_code(GENERATE(values<code_row>({
      {"<pre><code class='x language-cpp'>a</code></pre>", "code cpp\n  a\n"},
      {"<div class='highlight highlight-source-python'><pre>a</pre></div>", "code python\n  a\n"},
      {"<div class='highlight-rust notranslate'><div class=highlight><pre>a</pre></div></div>",
       "code rust\n  a\n"},
      {"<div class='highlight-default'><div class=highlight><pre>a</pre></div></div>",
       "code\n  a\n"},
      {"<pre class='sourceCode cpp'><code class='sourceCode cpp'>a</code></pre>",
       "code cpp\n  a\n"},
      {"<pre><code class='hljs language-go'>a</code></pre>", "code go\n  a\n"},
      {"<pre><code class='hljs JSON'>a</code></pre>", "code\n  a\n"},
      {"<pre class='line-numbers language-C++'><code>a</code></pre>", "code c++\n  a\n"},
      {"<pre class='brush: js; gutter: false'>a</pre>", "code js\n  a\n"},
      {"<pre class='src src-emacs-lisp'>a</pre>", "code emacs-lisp\n  a\n"},
      {"<pre><code data-lang=yaml>a</code></pre>", "code yaml\n  a\n"},
      {"<div class='mw-highlight mw-highlight-lang-lua'><pre>a</pre></div>", "code lua\n  a\n"},
      {"<pre class='rust rust-example-rendered'><code>a</code></pre>", "code rust\n  a\n"},
      {"<div class=python><pre class=programlisting>a</pre></div>", "code\n  a\n"},
      {"<pre><pre class=playground><code class='language-rust ignore'>a</code></pre></pre>",
       "code rust\n  a\n"},
      {"<div class=highlight-python3><pre>a</pre></div>", "code python\n  a\n"},
      {"<pre class=language-none>a</pre>", "code\n  a\n"},
  })));
}

TEST_CASE("A page's numbers of lines are no text") {
  check_code(GENERATE(values<code_row>({
      {"<div class='highlight-c'><table class=highlighttable><tr><td class=linenos><pre>1\n2</pre>"
       "<td class=code><pre>a\n  b</pre></table></div>",
       "code c\n  a\n    b\n"},
      {"<table><tr><td class=blob-num data-line-number=1><td class=blob-code>a<tr><td "
       "class=blob-num>2<td class=blob-code>  b</table>",
       "code\n  a\n    b\n"},
      {"<pre><code><table class=rouge-table><tr><td class='rouge-gutter gl'><pre>1\n2</pre><td "
       "class=rouge-code><pre>a\nb</pre></table></code></pre>",
       "code\n  a\n  b\n"},
      {"<table class=lntable><tr><td class=lntd><pre><code><span class=lnt>1\n</span></code></pre>"
       "<td class=lntd><pre><code class=language-go>a</code></pre></table>",
       "code\n  a\n"},
      {"<pre><span class=linenos>1</span>a\n<span class=linenos>2</span>b</pre>",
       "code\n  a\n  b\n"},
      {"<table><tr><td><pre>1\n2\n3</pre><td><pre>a\nb\nc</pre></table>", "code\n  a\n  b\n  c\n"},
      {"<pre>1\n2\n3</pre>", "code\n  1\n  2\n  3\n"},
  })));
}
