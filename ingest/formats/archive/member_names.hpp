#pragma once

#include <span>
#include <string>

namespace millrace::ingest::formats {

/// Makes UTF-8 of the names in an archive that are not. Their encoding, which all of them share, is
/// guessed; that of a zip is code page 437 where the guess is no better.
void decode_names(std::span<std::string* const> names, bool of_zip);

}  // namespace millrace::ingest::formats
