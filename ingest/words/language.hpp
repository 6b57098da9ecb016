#pragma once

#include <string>
#include <string_view>

namespace millrace::ingest::search {

/// The ISO 639-1 code of the language of a text, one that has stems: the language that the document
/// declares ("de-DE", "German"), else the one that the script and the frequent words of the first
/// 4 kB speak for. Empty where none does clearly.
std::string language_of(std::string_view declared, std::string_view text);

}  // namespace millrace::ingest::search
