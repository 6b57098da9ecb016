#pragma once

#include "pipeline/api.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace millrace::ingest {

inline constexpr std::string_view plain_text = "text/plain";
inline constexpr std::string_view markdown = "text/markdown";
inline constexpr std::string_view html = "text/html";
inline constexpr std::string_view pdf = "application/pdf";

/// Which of the four media types the content is, or a reject with FILE_TYPE_UNSUPPORTED. The
/// name only tells Markdown from other text: text named `.md` or `.markdown` is Markdown, unless it
/// is a whole HTML page.
///
/// Text is any text that people read as it is: prose, source code, JSON, CSV, in UTF-8, UTF-16 or
/// an 8-bit encoding. HTML is a page, or a fragment that begins with a tag.
std::variant<std::string, reject> media_type_of(std::string_view bytes, std::string_view name);

/// The extension of stored files of one of the four types: txt, md, html, pdf.
std::string_view extension_of(std::string_view media_type);

}  // namespace millrace::ingest
