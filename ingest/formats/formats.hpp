#pragma once

#include "ingest/formats/read_limits.hpp"

#include <string_view>
#include <variant>
#include <vector>

/// One function for each format. Each takes time and memory linear in what the file unpacks to,
/// and answers a damaged, encrypted or excessive file with a code and a sentence.
namespace millrace::ingest::formats {

/// Reads the HTML parts of books and messages.
using html_reader = tree::read_result (*)(std::string_view html);

tree::read_result read_docx(std::string_view bytes, const read_limits& limits);
tree::read_result read_pptx(std::string_view bytes, const read_limits& limits);
tree::read_result read_xlsx(std::string_view bytes, const read_limits& limits);
tree::read_result read_odt(std::string_view bytes, const read_limits& limits);
tree::read_result read_ods(std::string_view bytes, const read_limits& limits);
tree::read_result read_odp(std::string_view bytes, const read_limits& limits);
tree::read_result read_epub(std::string_view bytes, const read_limits& limits, html_reader html);
tree::read_result read_rtf(std::string_view bytes, const read_limits& limits);

/// A message, its attachments, and those that cannot be had.
struct mail {
  tree::read_result text;
  std::vector<tree::member> attachments{};
  std::vector<tree::left_out> left_out{};
};
/// Messages within the message are attachments as well.
mail read_eml(std::string_view bytes, const read_limits& limits, html_reader html);
/// All messages of a mailbox, each under a heading with its subject.
mail read_mbox(std::string_view bytes, const read_limits& limits, html_reader html);
tree::read_result read_mhtml(std::string_view bytes, const read_limits& limits, html_reader html);

/// The files in an archive, and what of it cannot be had: links, devices, files that are encrypted,
/// damaged or too large, and paths that lead out of it.
struct unpacked {
  std::vector<tree::member> members{};
  std::vector<tree::left_out> left_out{};
};
using members_result = std::variant<unpacked, tree::unreadable>;
/// Unpacks zip, 7z, and tar with or without compression; and one file that gzip, bzip2, xz or zstd
/// have packed, under the archive's `name` without its end. What systems leave beside the files
/// (`__MACOSX/`, `.DS_Store`, `Thumbs.db`) is dropped.
members_result read_archive(std::string_view bytes, std::string_view name,
                            const read_limits& limits);

/// The media type of a zip by what is in it: a document, or an archive of files; empty for a
/// package of another program.
std::string_view type_of_zip(std::string_view bytes);

}  // namespace millrace::ingest::formats
