#pragma once

#include "ingest/files/decode.hpp"

#include <string>
#include <string_view>

namespace millrace::ingest {

/// The label that a page declares in its first kilobyte, by `<meta charset=...>` or an XML
/// declaration, with UTF-8 for UTF-16 as browsers have it; empty without one.
std::string declared_in_html(std::string_view bytes);

/// An HTML page in UTF-8 as decode_text reads it with what the page declares; what no guess makes
/// text of is windows-1252.
decoded_text decode_html(std::string_view bytes);

/// The text of decode_html.
std::string html_to_utf8(std::string_view bytes);

}  // namespace millrace::ingest
