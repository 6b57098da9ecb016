#pragma once

#include <string>
#include <string_view>

namespace millrace::ingest {

/// An HTML page in UTF-8: by its byte order mark, by what its first kilobyte declares (`<meta
/// charset=...>`, an XML declaration), and else as to_utf8 guesses; what cannot be read becomes
/// U+FFFD.
std::string html_to_utf8(std::string_view bytes);

}  // namespace millrace::ingest
