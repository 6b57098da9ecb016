#pragma once

#include "ingest/files/decode.hpp"

#include <optional>
#include <string_view>

namespace millrace::ingest {

/// Text in an encoding that neither is declared nor shows in the bytes, as uchardet guesses it or
/// else windows-1252; nothing when the text is not plausible in either.
std::optional<decoded_text> guess_encoding(std::string_view bytes);

/// Whether people write so: few of the letters beyond ASCII stand where none stands in a language,
/// like a sign within a word, a capital after a small letter or a word of two scripts.
bool is_plausible_text(std::string_view text);

}  // namespace millrace::ingest
