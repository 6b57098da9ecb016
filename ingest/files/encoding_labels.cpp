#include "ingest/files/encoding_labels.hpp"

#include "base/unicode/ascii.hpp"

#include <algorithm>
#include <array>

namespace millrace::ingest {
namespace {

struct known_encoding {
  std::string_view name;
  /// Of ICU; nullptr for what needs none.
  const char* converter;
  /// In lower case, between spaces.
  std::string_view labels;
};

// Names and labels are those of https://encoding.spec.whatwg.org, section 4.2; after a second
// space, what files declare beyond it. GBK is read as GB18030, which contains it, as the standard
// has it.
constexpr std::array known_encodings{
    known_encoding{
        "utf-8", nullptr,
        " unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8  utf-8-sig "
        "utf8-sig utf_8 u8 cp65001 utf8mb4 us-utf-8 "},
    known_encoding{"ibm866", "ibm-866", " 866 cp866 csibm866 ibm866  dos-866 "},
    known_encoding{"iso-8859-2", "ISO-8859-2",
                   " csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 "
                   "iso_8859-2:1987 l2 latin2  latin-2 "},
    known_encoding{"iso-8859-3", "ISO-8859-3",
                   " csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 "
                   "iso_8859-3:1988 l3 latin3  latin-3 "},
    known_encoding{"iso-8859-4", "ISO-8859-4",
                   " csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 "
                   "iso_8859-4:1988 l4 latin4  latin-4 "},
    known_encoding{"iso-8859-5", "ISO-8859-5",
                   " csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 "
                   "iso_8859-5 iso_8859-5:1988 "},
    known_encoding{"iso-8859-6", "ISO-8859-6",
                   " arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 "
                   "iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 "
                   "iso_8859-6:1987 "},
    known_encoding{"iso-8859-7", "ISO-8859-7",
                   " csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 "
                   "iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek "},
    known_encoding{"iso-8859-8", "ISO-8859-8",
                   " csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 "
                   "iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual csiso88598i iso-8859-8-i "
                   "logical "},
    known_encoding{"iso-8859-10", "ISO-8859-10",
                   " csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6 "},
    known_encoding{"iso-8859-13", "ISO-8859-13", " iso-8859-13 iso8859-13 iso885913  latin7 "},
    known_encoding{"iso-8859-14", "ISO-8859-14", " iso-8859-14 iso8859-14 iso885914  latin8 "},
    known_encoding{"iso-8859-15", "ISO-8859-15",
                   " csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9  latin9 latin-9 "},
    known_encoding{"koi8-r", "KOI8-R", " cskoi8r koi koi8 koi8-r koi8_r "},
    known_encoding{"koi8-u", "KOI8-U", " koi8-ru koi8-u "},
    known_encoding{"macintosh", "macintosh", " csmacintosh mac macintosh x-mac-roman  macroman "},
    known_encoding{"windows-874", "windows-874",
                   " dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874  cp874 tis620 "},
    known_encoding{"windows-1250", "windows-1250", " cp1250 windows-1250 x-cp1250  win-1250 "},
    known_encoding{"windows-1251", "windows-1251",
                   " cp1251 windows-1251 x-cp1251  win-1251 windows1251 "},
    known_encoding{"windows-1252", "windows-1252",
                   " ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 "
                   "iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 "
                   "x-cp1252  latin-1 iso-latin-1 iso_8859_1 ansi "},
    known_encoding{"windows-1253", "windows-1253", " cp1253 windows-1253 x-cp1253 "},
    known_encoding{"windows-1254", "windows-1254",
                   " cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 "
                   "iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254 "},
    known_encoding{"windows-1255", "windows-1255", " cp1255 windows-1255 x-cp1255 "},
    known_encoding{"windows-1256", "windows-1256", " cp1256 windows-1256 x-cp1256 "},
    known_encoding{"windows-1257", "windows-1257", " cp1257 windows-1257 x-cp1257 "},
    known_encoding{"windows-1258", "windows-1258", " cp1258 windows-1258 x-cp1258 "},
    known_encoding{"x-mac-cyrillic", "x-mac-cyrillic",
                   " x-mac-cyrillic x-mac-ukrainian  maccyrillic mac-cyrillic "},
    known_encoding{"gb18030", "GB18030",
                   " gb18030 chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk "
                   "iso-ir-58 x-gbk  cp936 windows-936 ms936 euc-cn euccn gb2312-80 x-gb2312 "},
    known_encoding{"big5", "Big5-HKSCS",
                   " big5 big5-hkscs cn-big5 csbig5 x-x-big5  cp950 big-5 big5hkscs "},
    known_encoding{"euc-jp", "EUC-JP", " cseucpkdfmtjapanese euc-jp x-euc-jp  eucjp ujis "},
    known_encoding{"iso-2022-jp", "ISO-2022-JP", " csiso2022jp iso-2022-jp  jis "},
    known_encoding{"shift_jis", "windows-31j",
                   " csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis  cp932 "
                   "shiftjis windows-932 "},
    known_encoding{"euc-kr", "windows-949",
                   " cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 "
                   "ksc5601 ksc_5601 windows-949  cp949 uhc euckr "},
    known_encoding{"utf-16be", nullptr, " unicodefffe utf-16be "},
    known_encoding{"utf-16le", nullptr,
                   " csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le  utf16 "
                   "utf16le "},
};

}  // namespace

std::string_view encoding_of_label(std::string_view label) {
  constexpr std::string_view blanks = " \t\r\n\f";
  const auto first = label.find_first_not_of(blanks);
  if (first == std::string_view::npos || label.size() - first > 100)
    return {};
  label = label.substr(first, label.find_last_not_of(blanks) - first + 1);
  if (label.find_first_of(blanks) != std::string_view::npos)
    return {};
  std::string looked_for = " ";
  for (const char c : label)
    looked_for += ascii_lower(c);
  looked_for += ' ';
  for (const auto& one : known_encodings)
    if (one.labels.find(looked_for) != std::string_view::npos)
      return one.name;
  return {};
}

const char* converter_of(std::string_view encoding) {
  const auto* found = std::find_if(known_encodings.begin(), known_encodings.end(),
                                   [&](const known_encoding& one) { return one.name == encoding; });
  return found == known_encodings.end() ? nullptr : found->converter;
}

}  // namespace millrace::ingest
