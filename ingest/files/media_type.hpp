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
inline constexpr std::string_view docx =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
inline constexpr std::string_view pptx =
    "application/vnd.openxmlformats-officedocument.presentationml.presentation";
inline constexpr std::string_view xlsx =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
inline constexpr std::string_view odt = "application/vnd.oasis.opendocument.text";
inline constexpr std::string_view ods = "application/vnd.oasis.opendocument.spreadsheet";
inline constexpr std::string_view odp = "application/vnd.oasis.opendocument.presentation";
inline constexpr std::string_view epub = "application/epub+zip";
inline constexpr std::string_view rtf = "application/rtf";
inline constexpr std::string_view eml = "message/rfc822";
inline constexpr std::string_view mbox = "application/mbox";
inline constexpr std::string_view mhtml = "multipart/related";
inline constexpr std::string_view zip = "application/zip";
inline constexpr std::string_view seven_zip = "application/x-7z-compressed";
inline constexpr std::string_view tar = "application/x-tar";
inline constexpr std::string_view gzip = "application/gzip";
inline constexpr std::string_view bzip2 = "application/x-bzip2";
inline constexpr std::string_view xz = "application/x-xz";
inline constexpr std::string_view zstd = "application/zstd";

/// Which of these media types the content is, or a reject with FILE_TYPE_UNSUPPORTED. The bytes
/// decide between text and binary, whatever word they begin with. The name only tells kinds of text
/// apart: text named `.md` or `.markdown` is Markdown, unless it is a whole HTML page, and a
/// fragment of HTML is one when it is named `.html` or has no extension; text that begins as a
/// message does is mail when it is named `.eml`, `.mbox` or `.mhtml`. See text_kind_of for source
/// code and tables.
///
/// Text is any text that people read as it is: prose, source code, JSON, CSV, in UTF-8, UTF-16,
/// UTF-32 or an encoding of a language.
std::variant<std::string, reject> media_type_of(std::string_view bytes, std::string_view name);

/// The extension of stored files of one of these types: txt for all text that is neither Markdown
/// nor HTML.
std::string_view extension_of(std::string_view media_type);

}  // namespace millrace::ingest
