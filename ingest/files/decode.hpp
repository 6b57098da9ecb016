#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::ingest {

/// A text in UTF-8 and how it came to be that.
struct decoded_text {
  std::string text{};
  /// As the WHATWG Encoding Standard names it ("windows-1252"); empty where it is not known.
  std::string_view encoding = "utf-8";
  /// Neither a mark nor a declaration nor the bytes themselves prove the encoding.
  bool guessed = false;
  /// Sequences that the encoding does not have; each of them is one U+FFFD.
  std::size_t broken = 0;
};

/// Bytes as text, without a byte order mark: in the encoding of their byte order mark; else in the
/// one that is declared, a label of the WHATWG Encoding Standard, unless most of the text would be
/// broken in it, or it has single bytes and the text is UTF-8; else UTF-8 or UTF-16 where the bytes
/// are that, but for a few broken sequences; else as a detector guesses. Nothing when no guess
/// makes a plausible text of them, and for bytes with NULs that are no wide characters.
std::optional<decoded_text> decode_text(std::string_view bytes, std::string_view declared = {});

/// The text of decode_text without a declaration.
std::optional<std::string> to_utf8(std::string_view bytes);

/// The label that a text declares about itself in its first lines: an XML declaration, `@charset`
/// of a style sheet, `coding:` of Python and Emacs, `fileencoding=` of Vim. Empty without one.
std::string declared_in_text(std::string_view bytes);

/// Text of UTF-16 or UTF-32 in UTF-8: with a byte order mark, or where the bytes make plausible
/// text, with more of ASCII than in the other byte order. Nothing for other bytes.
std::optional<decoded_text> from_wide(std::string_view bytes);

/// Bytes of windows-1252, of which Latin-1 is a part as far as documents go, in UTF-8.
std::string from_windows_1252(std::string_view bytes);

/// Bytes in the encoding of that label in UTF-8, what cannot be read as U+FFFD; nothing when the
/// label is not known.
std::optional<std::string> from_encoding(std::string_view bytes, std::string_view label);

}  // namespace millrace::ingest
