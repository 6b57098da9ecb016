#include "ingest/words/analyser.hpp"
#include "tests/ingest/words/analysed.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using tests::has;
using tests::parts;
using tests::terms;
using tests::wholes;

TEST_CASE("a word is given in lower case and without diacritics, and with them") {
  CHECK(wholes("Élève") == terms{"eleve", "élève"});
  CHECK(wholes("Việt Đà Nẵng") == terms{"viet", "việt", "da", "đà", "nang", "nẵng"});
  CHECK(wholes("Smørrebrød Łódź Ærø Œuvre Þór") == terms{"smorrebrod", "smørrebrød", "lodz", "łódź",
                                                         "aero", "ærø", "oeuvre", "œuvre", "thor",
                                                         "þór"});
}

TEST_CASE("a word is the same however its marks are written") {
  CHECK(wholes("O\u0308l") == wholes("Öl"));
  CHECK(wholes("Vie\u0323\u0302t") == wholes("Việt"));
  CHECK(wholes("\u1112\u1161\u11a8\u110c\u1165\u11b7") == wholes("학점"));
  CHECK(wholes("カ\u3099イド") == wholes("ガイド"));
}

TEST_CASE("compatibility forms are those of plain letters") {
  CHECK(wholes("ﬁn ＡＢＣ x²") == terms{"fin", "abc", "x2"});
  CHECK(wholes("ｶﾞｲﾄﾞ") == wholes("ガイド"));
}

TEST_CASE("German: sharp s is ss in either case") {
  CHECK(wholes("Straße STRASSE STRAẞE") == terms{"strasse", "strasse", "strasse"});
}

TEST_CASE("Turkish: i with and without a dot are found by one another") {
  for (const auto* word : {"Işık", "ışık", "IŞIK", "isik", "İŞİK"})
    CHECK(has(wholes(word), "isik"));
  CHECK(has(wholes("İnş"), "ins"));
  CHECK(has(wholes("inş"), "ins"));
}

TEST_CASE("Greek: a final sigma is a sigma, and an accent is dropped") {
  CHECK(wholes("Ὀδυσσεύς").front() == "οδυσσευσ");
  CHECK(wholes("ΟΔΥΣΣΕΥΣ").front() == "οδυσσευσ");
}

TEST_CASE("Cyrillic: diacritics are folded beside the original") {
  CHECK(wholes("Ёлка мой") == terms{"елка", "ёлка", "мои", "мой"});
}

TEST_CASE("Arabic: vowel marks and tatweel are dropped, alef, yeh and teh marbuta are one") {
  CHECK(wholes("كِتَابٌ").front() == "كتاب");
  CHECK(wholes("كـــتاب") == terms{"كتاب"});
  for (const auto* word : {"أحمد", "إحمد", "آحمد", "ٱحمد", "ا\u0654حمد"})
    CHECK(wholes(word).front() == "احمد");
  CHECK(wholes("مكتبة").front() == wholes("مكتبه").front());
  CHECK(wholes("على").front() == wholes("علي").front());
  CHECK(wholes("٣٫٥ ۱۲") == terms{"3", "5", "12"});
}

TEST_CASE("Arabic: a hamza that is a letter, or on waw and yeh, stays") {
  CHECK(wholes("ماء") == terms{"ماء"});
  CHECK(wholes("سؤال") == terms{"سؤال"});
  CHECK(wholes("بئر") == terms{"بئر"});
}

TEST_CASE("Hebrew: points are dropped") {
  CHECK(wholes("שָׁלוֹם").front() == "שלום");
  CHECK(wholes("צה״ל") == terms{"צהל"});
}

TEST_CASE("marks that are vowels stay") {
  CHECK(wholes("हिन्दी") == terms{"हिन्दी"});
  CHECK(wholes("தமிழ்") == terms{"தமிழ்"});
  CHECK(wholes("วิทยุ") != wholes("วิทย"));
  CHECK(wholes("ขาว") != wholes("ข้าว"));
}

TEST_CASE("Thai, Lao, Khmer and Burmese: words are those of a dictionary") {
  const auto manual = wholes("คู่มือนี้อธิบายวิธีการติดตั้งเครื่องสูบน้ำในโรงงานและการบำรุงรักษาประจำปี");
  for (const auto& word : wholes("เครื่องสูบน้ำ"))
    CHECK(has(manual, word));
  CHECK(wholes("เครื่องสูบน้ำ").size() > 1);
  CHECK(wholes("ສະບາຍດີຊາວໂລກ").size() > 1);
  CHECK(wholes("សួស្តីពិភពលោក").size() > 1);
  CHECK(wholes("မင်္ဂလာပါကမ္ဘာလောက").size() > 1);
  CHECK(wholes("รุ่น2") != terms{"รุ่น2"});
}

TEST_CASE("Chinese and Japanese: each two characters, in their order; one alone as itself") {
  CHECK(wholes("上海办公室") == terms{"上海", "海办", "办公", "公室"});
  CHECK_FALSE(has(wholes("海上"), "上海"));
  CHECK(wholes("海 上") == terms{"海", "上"});
  CHECK(wholes("東京タワー") == terms{"東京", "京タ", "タワ", "ワー"});
  CHECK(wholes("ㄅㄆㄇ") == terms{"ㄅㄆ", "ㄆㄇ"});
}

TEST_CASE("a change of script separates words") {
  CHECK(wholes("铁路12306使用JWT令牌") == terms{"铁路", "12306", "使用", "jwt", "令牌"});
  CHECK(wholes("API를") == terms{"api", "를"});
}

TEST_CASE("Korean: the word between blanks, and each two of its characters") {
  CHECK(wholes("학점인정 안내문은 정말 가") == terms{"학점인정", "안내문은", "정말", "가"});
  CHECK(parts("학점인정 안내문은 정말 가") ==
        terms{"학점", "점인", "인정", "안내", "내문", "문은"});
}
