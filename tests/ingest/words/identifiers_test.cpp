#include "ingest/words/analyser.hpp"
#include "tests/ingest/words/analysed.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using tests::has;
using tests::parts;
using tests::terms;
using tests::wholes;

TEST_CASE("the signs of C++, C# and F# belong to the word") {
  CHECK(wholes("C C++ C#, (F#) C++.") == terms{"c", "c++", "c#", "f#", "c++"});
  CHECK(parts("C++ C#").empty());
  CHECK(wholes("Notepad++") == terms{"notepad++"});
  CHECK(parts("Notepad++") == terms{"notepad"});
  CHECK(wholes("C++17 C#/F# libc++-dev") == terms{"c++17", "c#/f#", "libc++-dev"});
  CHECK(parts("C++17 C#/F#") == terms{"c++", "17", "c#", "f#"});
}

TEST_CASE("other signs do not") {
  CHECK(wholes("1++ a+++ ## Title## x += 1; A+ 5# -Wall --help") ==
        terms{"1", "a", "title", "x", "1", "a", "5", "wall", "help"});
}

TEST_CASE("a leading dot belongs to a name") {
  CHECK(wholes(".NET, ~/.bashrc and .5 ...more end.") ==
        terms{".net", ".bashrc", "and", "5", "more", "end"});
  CHECK(parts(".NET") == terms{"net"});
  CHECK(wholes("ASP.NET") == terms{"asp.net"});
  CHECK(parts("ASP.NET") == terms{"asp", "net"});
}

TEST_CASE("an identifier is one term, and has its parts") {
  CHECK(wholes("pg_ls_replslotdir utf-8 user@host std::vector foo__bar") ==
        terms{"pg_ls_replslotdir", "utf-8", "user@host", "std::vector", "foo__bar"});
  CHECK(parts("pg_ls_replslotdir") == terms{"pg", "ls", "replslotdir"});
  CHECK(parts("utf-8") == terms{"utf"});
  CHECK(parts("well-known") == terms{"well", "known"});
  CHECK(parts("größe_überall") == terms{"grosse", "grösse", "uberall", "überall"});
}

TEST_CASE("a name is split where an upper case letter follows a lower case one") {
  CHECK(parts("setSingleRowMode") == terms{"set", "single", "row", "mode"});
  CHECK(parts("unlockWithBiometrics") == terms{"unlock", "with", "biometrics"});
  CHECK(parts("ÉtatÉlevé") == terms{"etat", "état", "eleve", "élevé"});
  CHECK(parts("Hello HELLO hello").empty());
}

TEST_CASE("several capitals before a lower case letter are read both ways") {
  const auto pq = parts("PQsetSingleRowMode");
  for (const auto* part : {"pq", "set", "qset", "single", "row", "mode"})
    CHECK(has(pq, part));
  CHECK_FALSE(has(pq, "p"));
  CHECK(has(parts("HTTPServer"), "http"));
  CHECK(has(parts("HTTPServer"), "server"));
  CHECK(parts("parseHTTP") == terms{"parse", "http"});
}

TEST_CASE("letters and digits are parts of a word with both") {
  CHECK(wholes("SHA256") == terms{"sha256"});
  CHECK(parts("SHA256") == terms{"sha", "256"});
  CHECK(parts("h2o").empty());
  CHECK(wholes("E-4017") == terms{"e-4017"});
  CHECK(parts("E-4017") == terms{"4017"});
}

TEST_CASE("a number stays whole, and a version has its beginnings") {
  CHECK(wholes("1.3.2 10,000 3.14 1.2.") == terms{"1.3.2", "10,000", "3.14", "1.2"});
  CHECK(parts("1.3.2") == terms{"1.3"});
  CHECK(parts("14.2.1.0") == terms{"14.2", "14.2.1"});
  CHECK(parts("10,000 1,000,000 3.14").empty());
  CHECK(wholes("v1.3.2") == terms{"v1.3.2"});
  CHECK(parts("v1.3.2") == terms{"1.3.2", "1.3"});
  CHECK(parts("12,15,18") == terms{"12", "15", "18"});
}

TEST_CASE("an apostrophe of any form is within the word") {
  CHECK(wholes("don't don’t donʼt") == terms{"don't", "don't", "don't"});
  CHECK(parts("don't l'eau L’Été") == terms{"don", "eau", "ete", "été"});
  CHECK(wholes("'quoted' “so” rock 'n' roll") == terms{"quoted", "so", "rock", "n", "roll"});
}

TEST_CASE("a path and an address are one term as long as they are short") {
  CHECK(wholes("/etc/apt/sources.list /home/u/.config/x") ==
        terms{"etc/apt/sources.list", "home/u/.config/x"});
  CHECK(parts("/etc/apt/sources.list") == terms{"etc", "apt", "sources", "list"});
  CHECK(wholes("https://millrace.dev/docs") == terms{"https://millrace.dev/docs"});
  CHECK(parts("https://millrace.dev/docs") == terms{"https", "millrace", "dev", "docs"});
  const std::string far = "https://a.example/" + std::string(60, 'x') + "/end";
  CHECK(wholes(far).empty());
  CHECK(has(parts(far), "end"));
}

TEST_CASE("signs that do not join one word to another separate them") {
  CHECK(wholes("one--two wait...what a = b; f(x),y word,another") ==
        terms{"one", "two", "wait", "what", "a", "b", "f", "x", "y", "word", "another"});
}

TEST_CASE("Catalan: the point within a doubled l is no part of the word") {
  CHECK(wholes("col·lecció").front() == "colleccio");
}
