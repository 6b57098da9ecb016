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
/// Source code, data and configuration, whatever the language.
inline constexpr std::string_view source_code = "text/x-source";
inline constexpr std::string_view rst = "text/x-rst";
inline constexpr std::string_view csv = "text/csv";
inline constexpr std::string_view tsv = "text/tab-separated-values";

/// Which of these media types the content is, or a reject with FILE_TYPE_UNSUPPORTED. The bytes
/// decide between text and binary, whatever word they begin with. The name only tells kinds of text
/// apart: text named `.md` or `.markdown` is Markdown, unless it is a whole HTML page, and a
/// fragment of HTML is one when it is named `.html` or has no extension. See text_kind_of for
/// source code and tables.
///
/// Text is any text that people read as it is: prose, source code, JSON, CSV, in UTF-8, UTF-16,
/// UTF-32 or an encoding of a language.
std::variant<std::string, reject> media_type_of(std::string_view bytes, std::string_view name);

/// The extension of stored files of one of these types: md, html, pdf, and txt for other text.
std::string_view extension_of(std::string_view media_type);

}  // namespace millrace::ingest
