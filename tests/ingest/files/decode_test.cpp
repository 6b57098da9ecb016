#include "ingest/files/decode.hpp"

#include "base/unicode/utf8.hpp"
#include "ingest/readers/html_encoding.hpp"
#include "tests/support/sample_files.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::ingest;
using namespace std::string_literals;

TEST_CASE("UTF-8 stays as it is, without its byte order mark") {
  CHECK(to_utf8("Grüße, 世界 🙂") == "Grüße, 世界 🙂");
  CHECK(to_utf8("\xEF\xBB\xBFGrüße") == "Grüße");
  CHECK(to_utf8("") == "");
}

TEST_CASE("UTF-16 is read in either byte order, with a mark and without") {
  const std::string text = "Some lines\nof text\n";
  CHECK(to_utf8(tests::utf16_little(text, true)) == text);
  CHECK(to_utf8(tests::utf16_big(text, true)) == text);
  CHECK(to_utf8(tests::utf16_little(text, false)) == text);
  CHECK(to_utf8(tests::utf16_big(text, false)) == text);
}

TEST_CASE("UTF-16 reads surrogates in pairs, and replaces single ones") {
  CHECK(to_utf8("\xFF\xFE\x3D\xD8\x42\xDE"s) == "🙂");
  CHECK(to_utf8("\xFF\xFE\x3D\xD8"s
                "a\0"s) == "\uFFFDa");
  CHECK(to_utf8("\xFF\xFE\x42\xDE"s
                "a\0"s) == "\uFFFDa");
  CHECK(to_utf8("\xFF\xFE"s
                "a\0b"s) == "a\uFFFD");
}

TEST_CASE("text of the 8-bit encodings of the West is read as windows-1252") {
  CHECK(to_utf8("Gr\xFC\xDF"
                "e aus K\xF6ln") == "Grüße aus Köln");
  CHECK(to_utf8("\x93quoted\x94 \x96 10 \x80") == "“quoted” – 10 €");
}

TEST_CASE("text without a declaration is read as a detector guesses, and says so") {
  struct row {
    std::string bytes;
    std::string text;
  };
  const auto r = GENERATE(values<row>({
      {"\x82\xB1\x82\xF1\x82\xC9\x82\xBF\x82\xCD", "こんにちは"},
      {"\xF0\xD2\xC9\xD7\xC5\xD4 \xCD\xC9\xD2", "Привет мир"},
      {"Prosz\xEA zamkn\xB9\xE6 zaw\xF3r, zanim w\xB3\xB9\x63z\xB9 si\xEA",
       "Proszę zamknąć zawór, zanim włączą się"},
      {"apt-get install\n# \xCF\xE5\xF0\xE5\xE7\xE0\xEF\xF3\xF1\xEA \xED\xE0\xF1\xEE\xF1\xE0",
       "apt-get install\n# Перезапуск насоса"},
      {"Caf\xE9", "Café"},
  }));
  const auto made = decode_text(r.bytes);
  REQUIRE(made);
  CHECK(made->text == r.text);
  CHECK(made->guessed);
}

TEST_CASE("text that no guess makes plausible is refused") {
  CHECK_FALSE(to_utf8("nothing \x81 there"));
  CHECK_FALSE(to_utf8("\xD5\xE2\xCA\xC7\xD6\xD0\xCE\xC4"));
  CHECK_FALSE(to_utf8("Za\xBF\xF3\xB3\xE6 g\xEA\xB6l\xB1 ja\xBC\xF1"));
  CHECK_FALSE(to_utf8("a text\0with a NUL"s));
}

TEST_CASE("one broken byte is one U+FFFD, in UTF-8 and in a declared encoding") {
  const auto made = decode_text("Caf\xC3\xA9 Z\xC3\xBCrich. Ren\xE9.");
  REQUIRE(made);
  CHECK(made->text == "Café Zürich. Ren\uFFFD.");
  CHECK(made->broken == 1);
  CHECK_FALSE(made->guessed);
  CHECK(decode_text("\xB9\xDA \xFF\xB9\xDA \xB9\xDA", "gb2312")->broken == 1);
}

TEST_CASE("a declared encoding comes before a guess, a byte order mark before it") {
  CHECK(decode_text("\xF0\xD2\xC9\xD7\xC5\xD4", " KOI8-R ")->text == "Привет");
  CHECK(decode_text("\xEF\xBB\xBFGrüße", "windows-1251")->text == "Grüße");
  CHECK(decode_text("\xE9\x46", "x-gbk")->text == "镕");
  CHECK(decode_text("Gr\xFC\xDF"
                    "e",
                    "utf-8")
            ->text == "Grüße");
  CHECK(declared_in_text("#!/usr/bin/python\n# -*- coding: koi8-r -*-\n") == "koi8-r");
  CHECK(declared_in_text("<?xml version='1.0' encoding='x-sjis'?><a/>") == "x-sjis");
  CHECK(declared_in_text("\n\ncoding: x") == "");
}

TEST_CASE("UTF-16 without a mark is read in any script, UTF-32 with one") {
  CHECK(from_wide(tests::utf16_little("Насос номер три.\n", false))->text == "Насос номер три.\n");
  CHECK(from_wide(tests::utf16_big("Насос номер три.\n", false))->text == "Насос номер три.\n");
  CHECK(from_wide("\xFF\xFE\0\0\xB6\x25\0\0h\0\0\0"s)->text == "▶h");
  CHECK_FALSE(from_wide(tests::png()));
  CHECK_FALSE(
      from_wide("\x7F"
                "ELF\0\1\2\3"s));
}

TEST_CASE("a broken sequence in UTF-8 is replaced, not taken for another encoding") {
  CHECK(to_utf8("äöüÄÖÜß and \xFF one") == "äöüÄÖÜß and \uFFFD one");
}

TEST_CASE("UTF-8 decodes what is well-formed and nothing else") {
  for (const std::string broken :
       {"\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80", "\xC3", "\xE4\xB8", "\xF0\x9F\x99"}) {
    CAPTURE(broken);
    CHECK(utf8::count(broken).broken > 0);
  }
  for (const char32_t code : {U'\x01', U'\x7F', U'\x80', U'\x7FF', U'\x800', U'\xD7FF', U'\xE000',
                              U'\xFFFF', U'\x10000', U'\x10FFFF'}) {
    std::string text;
    utf8::append(text, code);
    CHECK(utf8::decode(text, 0).code == code);
    CHECK(utf8::decode(text, 0).size == text.size());
  }
}

TEST_CASE("HTML is read in the encoding that it declares") {
  CHECK(html_to_utf8("<meta charset=koi8-r>\xF0\xD2\xC9\xD7\xC5\xD4") ==
        "<meta charset=koi8-r>Привет");
  CHECK(html_to_utf8("<META http-equiv=x content='text/html; charset=Shift_JIS'>\x82\xB1") ==
        "<META http-equiv=x content='text/html; charset=Shift_JIS'>こ");
  CHECK(html_to_utf8("<?xml version='1.0' encoding='iso-8859-2'?>\xB1") ==
        "<?xml version='1.0' encoding='iso-8859-2'?>ą");
}

TEST_CASE("HTML in an encoding that is undeclared or unknown is guessed") {
  CHECK(html_to_utf8("<p>Grüße") == "<p>Grüße");
  CHECK(html_to_utf8("<p>Gr\xFC\xDF") == "<p>Grüß");
  CHECK(html_to_utf8("<meta charset=klingon>ü") == "<meta charset=klingon>ü");
  CHECK(html_to_utf8("<meta charset=iso-8859-1>ü") == "<meta charset=iso-8859-1>ü");
  CHECK(html_to_utf8(tests::utf16_little("<p>text</p>", true)) == "<p>text</p>");
}

TEST_CASE("HTML declares with white space, and a meta that says UTF-16 means UTF-8") {
  CHECK(declared_in_html("<meta charset = \"Windows-1251\">") == "windows-1251");
  CHECK(declared_in_html("<META CONTENT='text/html; charset = koi8-r'>") == "koi8-r");
  CHECK(declared_in_html("<meta charset=utf-16>") == "utf-8");
  CHECK(declared_in_html("<!-- <meta charset=koi8-r> --><meta charset=big5>") == "big5");
  CHECK(declared_in_html("charset=koi8-r") == "");
}
