#include "ingest/files/convert.hpp"

#include "base/error.hpp"
#include "base/unicode/utf16.hpp"
#include "base/unicode/utf8.hpp"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>

#include <array>
#include <memory>

namespace millrace::ingest {
namespace {

using converter_handle = std::unique_ptr<UConverter, void (*)(UConverter*)>;

converter_handle open_converter(const char* name) {
  UErrorCode code = U_ZERO_ERROR;
  converter_handle opened{::ucnv_open(name, &code), ::ucnv_close};
  if (U_FAILURE(code))
    throw error{"cannot read text of another encoding",
                std::string{"ICU has no converter "} + name + ": " + ::u_errorName(code),
                "check that libicu is installed whole"};
  return opened;
}

/// Called by ICU for what the encoding does not have.
void count_broken(const void* context, UConverterToUnicodeArgs* args, const char*, std::int32_t,
                  UConverterCallbackReason reason, UErrorCode* code) {
  if (reason > UCNV_IRREGULAR)
    return;
  ++*static_cast<std::size_t*>(const_cast<void*>(context));
  *code = U_ZERO_ERROR;
  constexpr UChar replacement = 0xFFFD;
  ::ucnv_cbToUWriteUChars(args, &replacement, 1, 0, code);
}

/// Appends units of UTF-16; keeps the first half of a pair whose second is yet to come.
void append_units(std::string& to, const UChar* from, const UChar* end, UChar& half) {
  for (; from != end; ++from) {
    const UChar unit = *from;
    if (half != 0 && utf16::ends_pair(unit)) {
      utf8::append(to, 0x10000 + ((half - 0xD800u) << 10) + (unit - 0xDC00u));
      half = 0;
      continue;
    }
    if (half != 0)
      utf8::append(to, utf8::replacement);
    half = utf16::begins_pair(unit) ? unit : UChar{0};
    if (half == 0)
      utf8::append(to, utf16::is_half(unit) ? utf8::replacement : unit);
  }
}

}  // namespace

decoded_text convert_with(std::string_view bytes, const char* converter) {
  const auto opened = open_converter(converter);
  decoded_text made;
  UErrorCode code = U_ZERO_ERROR;
  ::ucnv_setToUCallBack(opened.get(), count_broken, &made.broken, nullptr, nullptr, &code);
  made.text.reserve(bytes.size() + bytes.size() / 2);
  std::array<UChar, 8192> buffer;
  UChar half = 0;
  const char* from = bytes.data();
  const char* const end = from + bytes.size();
  do {
    UChar* to = buffer.data();
    code = U_ZERO_ERROR;
    ::ucnv_toUnicode(opened.get(), &to, buffer.data() + buffer.size(), &from, end, nullptr, 1,
                     &code);
    append_units(made.text, buffer.data(), to, half);
  } while (code == U_BUFFER_OVERFLOW_ERROR);
  if (U_FAILURE(code))
    throw error{"cannot read text of another encoding", ::u_errorName(code),
                "the attempt is made again"};
  if (half != 0)
    utf8::append(made.text, utf8::replacement);
  return made;
}

decoded_text repaired_utf8(std::string_view bytes) {
  decoded_text made;
  made.text.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const auto ascii = utf8::ascii_run(bytes, at);
    made.text.append(bytes, at, ascii);
    at += ascii;
    if (at == bytes.size())
      break;
    const auto next = utf8::decode(bytes, at);
    utf8::append(made.text, next.code);
    made.broken += next.valid ? 0 : 1;
    at += next.size;
  }
  return made;
}

}  // namespace millrace::ingest
