#include "ingest/source/ignore_rules.hpp"

#include <catch2/catch.hpp>

#include <string>

using millrace::ingest::ignore_rules;

namespace {

/// Whether `git check-ignore` would name the path, were no folder above it ignored.
bool is_ignored(const std::string& rules, std::string path) {
  const bool is_folder = path.ends_with('/');
  if (is_folder)
    path.pop_back();
  return ignore_rules{rules}.decide(path, is_folder).value_or(false);
}

}  // namespace

TEST_CASE("a pattern without a slash matches names in any folder") {
  CHECK(is_ignored("*.log", "a.log"));
  CHECK(is_ignored("*.log", "x/y/a.log"));
  CHECK_FALSE(is_ignored("*.log", "a.log.md"));
  CHECK(is_ignored("a?c", "abc"));
  CHECK_FALSE(is_ignored("a?c", "a/c"));
  CHECK(is_ignored("[a-c]x", "bx"));
  CHECK(is_ignored("[!a-c]x", "dx"));
  CHECK_FALSE(is_ignored("[!a-c]x", "bx"));
  CHECK(is_ignored("[]]x", "]x"));
  CHECK(is_ignored("[x", "[x"));
}

TEST_CASE("a pattern with a slash is tied to the folder of its file") {
  CHECK(is_ignored("/a.md", "a.md"));
  CHECK_FALSE(is_ignored("/a.md", "x/a.md"));
  CHECK(is_ignored("doc/*.md", "doc/a.md"));
  CHECK_FALSE(is_ignored("doc/*.md", "doc/x/a.md"));
  CHECK_FALSE(is_ignored("doc/*.md", "x/doc/a.md"));
}

TEST_CASE("a pattern that ends with a slash matches folders only") {
  CHECK(is_ignored("build/", "build/"));
  CHECK(is_ignored("build/", "x/build/"));
  CHECK_FALSE(is_ignored("build/", "build"));
}

TEST_CASE("two asterisks stand for any folders") {
  CHECK(is_ignored("**/foo", "foo"));
  CHECK(is_ignored("**/foo", "a/b/foo"));
  CHECK(is_ignored("a/**/b", "a/b"));
  CHECK(is_ignored("a/**/b", "a/x/y/b"));
  CHECK(is_ignored("abc/**", "abc/x"));
  CHECK(is_ignored("abc/**", "abc/x/y"));
  CHECK_FALSE(is_ignored("abc/**", "abc/"));
}

TEST_CASE("the last pattern that matches decides, and `!` takes back") {
  CHECK_FALSE(is_ignored("*.log\n!keep.log", "keep.log"));
  CHECK(is_ignored("!keep.log\n*.log", "keep.log"));
  CHECK(is_ignored("*.test\n!dir/*", "dir/subdir/b.test"));
  CHECK_FALSE(is_ignored("*.test\n!dir/*", "dir/a.test"));
}

TEST_CASE("comments, blanks and escapes are read as git reads them") {
  CHECK_FALSE(is_ignored("# a", "# a"));
  CHECK(is_ignored("\\# a", "# a"));
  CHECK(is_ignored("\\!a", "!a"));
  CHECK(is_ignored("a.md  \r\n", "a.md"));
  CHECK(is_ignored("a\\ ", "a "));
  CHECK(is_ignored("\xEF\xBB\xBF*.log", "a.log"));
  CHECK(ignore_rules{"\n\n# only words\n/\n"}.empty());
}

TEST_CASE("a pattern of many asterisks takes no long time") {
  std::string pattern;
  for (int i = 0; i < 200; ++i)
    pattern += "a*";
  CHECK_FALSE(is_ignored(pattern + "b", std::string(4000, 'a')));
}
