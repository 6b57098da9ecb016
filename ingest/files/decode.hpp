#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millrace::ingest {

/// The byte order of text that looks like UTF-16.
enum class utf16_order { little, big };

/// Whether the bytes look like UTF-16: by a byte order mark, or because every other byte of most
/// characters is NUL.
std::optional<utf16_order> guess_utf16(std::string_view bytes);

/// Text of an unknown encoding in UTF-8, without a byte order mark; nothing when it is in none of
/// UTF-8, UTF-16, Latin-1 and windows-1252 as far as one can tell.
///
/// A few broken sequences in what is UTF-8 otherwise become U+FFFD. Bytes that are not UTF-8 are
/// windows-1252 when all of them have a meaning there and most of them are ASCII, as in the
/// languages that are written with it.
std::optional<std::string> to_utf8(std::string_view bytes);

/// Bytes of windows-1252, of which Latin-1 is a part as far as documents go, in UTF-8.
std::string from_windows_1252(std::string_view bytes);

/// Bytes in the named encoding in UTF-8, what cannot be read as U+FFFD; nothing when the name is
/// not known here.
std::optional<std::string> from_encoding(std::string_view bytes, std::string_view name);

}  // namespace millrace::ingest
