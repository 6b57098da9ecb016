#include "ingest/words/language.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <utility>

using millrace::ingest::search::language_of;

TEST_CASE("the language that a document declares is its language") {
  for (const auto& [declared, code] : {std::pair{"de", "de"},
                                       {"de-DE", "de"},
                                       {"EN_us", "en"},
                                       {"German", "de"},
                                       {"nb-NO", "no"},
                                       {"pt-BR", "pt"},
                                       {"ru", "ru"}})
    CHECK(language_of(declared, "The text is not in it and was never") == code);
}

TEST_CASE("what has no stems or is no language is not declared") {
  for (const auto* declared : {"", "xx", "zh-CN", "-"}) {
    CAPTURE(declared);
    CHECK(language_of(declared, "上海办公室搬迁通知").empty());
    CHECK(language_of(declared, "The pump is in the house.") == "en");
  }
}

TEST_CASE("the language is guessed from its frequent words") {
  for (const auto& [text, code] :
       {std::pair{"The gardener planted tulips along the fence before winter.", "en"},
        {"In C the names of functions are written in small letters.", "en"},
        {"Die Kühlwasserpumpen werden jährlich gewartet.", "de"},
        {"Le chat est dans la maison avec le chien.", "fr"},
        {"El perro de la casa es muy grande y los gatos no.", "es"},
        {"Il cane non è nella casa, che è della nonna.", "it"},
        {"O gato não está na casa, mas com uma amiga.", "pt"},
        {"De hond is niet in het huis van een vriend.", "nl"},
        {"Hunden är inte i huset och det är för att den sover.", "sv"},
        {"Koira ei ole talossa, mutta kun se tuli, niin se oli iloinen.", "fi"},
        {"A kutya nem a házban van, hogy ez egy jó dolog.", "hu"},
        {"Bu köpek evde değil, çok güzel bir bahçe için.", "tr"},
        {"Câinele nu este în casă și pentru că sunt o mie.", "ro"}}) {
    CAPTURE(text);
    CHECK(language_of("", text) == code);
  }
}

TEST_CASE("the language is guessed from its script") {
  for (const auto& [text, code] : {std::pair{"كتاب جديد في المكتبة", "ar"},
                                   {"کتاب جدید در کتابخانه", ""},
                                   {"Το βιβλίο είναι εδώ", "el"},
                                   {"Գիրքը այստեղ է", "hy"},
                                   {"यह किताब घर में है और वह नहीं", "hi"},
                                   {"இந்த புத்தகம் புதியது", "ta"},
                                   {"Мы не знаем, что это было", "ru"},
                                   {"Ово је књига и није моја", "sr"},
                                   {"Це є книга, що її немає", ""},
                                   {"上海办公室", ""},
                                   {"한국어 문장", ""},
                                   {"เครื่องสูบน้ำ", ""}}) {
    CAPTURE(text);
    CHECK(language_of("", text) == code);
  }
}

TEST_CASE("where nothing speaks for a language there is none") {
  for (const std::string_view text : {"", "hello world", "xyzzy 42", "{\"a\": 1}", "\xff\xfe\x80",
                                      "😀", "Nie wiem, jak to jest w domu i na polu."}) {
    CAPTURE(text);
    CHECK(language_of("", text).empty());
  }
}

TEST_CASE("only the beginning of a text is looked at") {
  std::string text(5000, ' ');
  text += "The cat is on the mat and it was not for us";
  CHECK(language_of("", text).empty());
}
