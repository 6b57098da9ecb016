#include "ingest/files/decode.hpp"

#include "base/unicode/utf16.hpp"
#include "base/unicode/utf8.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>

namespace millrace::ingest {
namespace {

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
constexpr std::string_view utf16_little_mark = "\xFF\xFE";
constexpr std::string_view utf16_big_mark = "\xFE\xFF";

// What windows-1252 has at 0x80 to 0x9F, where Latin-1 has control characters; 0 for nothing.
constexpr std::array<char16_t, 32> windows_1252{
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

std::string from_utf16(std::string_view bytes, utf16_order order) {
  const std::size_t high = order == utf16_order::big ? 0 : 1;
  const auto unit = [&](std::size_t at) {
    return static_cast<char16_t>((static_cast<unsigned char>(bytes[at + high]) << 8) |
                                 static_cast<unsigned char>(bytes[at + 1 - high]));
  };
  std::string text;
  text.reserve(bytes.size());
  std::size_t at = 0;
  for (; at + 1 < bytes.size(); at += 2) {
    const char32_t first = unit(at);
    if (!utf16::is_half(first)) {
      utf8::append(text, first);
      continue;
    }
    const char32_t second = utf16::begins_pair(first) && at + 3 < bytes.size() ? unit(at + 2) : 0;
    if (utf16::ends_pair(second)) {
      utf8::append(text, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
      at += 2;
    } else {
      utf8::append(text, utf8::replacement);
    }
  }
  if (at < bytes.size())
    utf8::append(text, utf8::replacement);
  return text;
}

/// The text with U+FFFD for what is broken.
std::string repaired(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const auto ascii = utf8::ascii_run(bytes, at);
    text.append(bytes, at, ascii);
    at += ascii;
    if (at == bytes.size())
      break;
    const auto next = utf8::decode(bytes, at);
    utf8::append(text, next.code);
    at += next.size;
  }
  return text;
}

bool is_plausible_windows_1252(std::string_view bytes) {
  std::size_t high = 0;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      continue;
    ++high;
    if (byte < 0xA0 && windows_1252[byte - 0x80] == 0)
      return false;
  }
  return high * 3 <= bytes.size();
}

}  // namespace

std::optional<utf16_order> guess_utf16(std::string_view bytes) {
  constexpr std::string_view utf32_little_mark{"\xFF\xFE\0\0", 4};
  if (bytes.starts_with(utf32_little_mark))
    return std::nullopt;
  if (bytes.starts_with(utf16_little_mark))
    return utf16_order::little;
  if (bytes.starts_with(utf16_big_mark))
    return utf16_order::big;
  const auto sample = bytes.substr(0, 4096);
  const auto half = sample.size() / 2;
  std::array<std::size_t, 2> nuls{};
  for (std::size_t at = 0; at < sample.size(); ++at)
    if (sample[at] == '\0')
      ++nuls[at % 2];
  // Text of the West has a NUL in nearly every character, always at the same side.
  if (half < 2 || (nuls[0] != 0 && nuls[1] != 0) || (nuls[0] + nuls[1]) * 10 < half * 7)
    return std::nullopt;
  return nuls[1] != 0 ? utf16_order::little : utf16_order::big;
}

std::optional<std::string> to_utf8(std::string_view bytes) {
  if (const auto order = guess_utf16(bytes)) {
    if (bytes.starts_with(utf16_little_mark) || bytes.starts_with(utf16_big_mark))
      bytes.remove_prefix(2);
    return from_utf16(bytes, *order);
  }
  const bool marked = bytes.starts_with(utf8_mark);
  if (marked)
    bytes.remove_prefix(utf8_mark.size());
  if (bytes.find('\0') != std::string_view::npos)
    return std::nullopt;
  const auto seen = utf8::count(bytes);
  if (seen.broken == 0)
    return std::string{bytes};
  if (marked || seen.wide > 4 * seen.broken)
    return repaired(bytes);
  if (is_plausible_windows_1252(bytes))
    return from_windows_1252(bytes);
  return std::nullopt;
}

std::string from_windows_1252(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 8);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 || byte >= 0xA0)
      utf8::append(text, byte);
    else
      utf8::append(text,
                   windows_1252[byte - 0x80] != 0 ? windows_1252[byte - 0x80] : utf8::replacement);
  }
  return text;
}

std::optional<std::string> from_encoding(std::string_view bytes, std::string_view name) {
  const std::string from{name};
  iconv_t opened = ::iconv_open("UTF-8", from.c_str());
  if (opened ==
      reinterpret_cast<iconv_t>(-1))  // NOLINT(performance-no-int-to-ptr): as POSIX has it
    return std::nullopt;
  const std::unique_ptr<void, int (*)(iconv_t)> closer{opened, ::iconv_close};

  std::string text;
  text.reserve(bytes.size() * 2);
  auto* in = const_cast<char*>(bytes.data());
  auto in_left = bytes.size();
  std::array<char, 16384> buffer;
  while (in_left > 0) {
    auto* out = buffer.data();
    auto out_left = buffer.size();
    const auto converted = ::iconv(opened, &in, &in_left, &out, &out_left);
    const int error = errno;
    text.append(buffer.data(), buffer.size() - out_left);
    if (converted == static_cast<std::size_t>(-1) && error != E2BIG) {
      utf8::append(text, utf8::replacement);
      ++in;
      --in_left;
    }
  }
  // It lets code points pass that Unicode has not.
  return repaired(text);
}

}  // namespace millrace::ingest
