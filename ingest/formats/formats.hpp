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

/// A message and its attachments.
struct mail {
  tree::read_result text;
  std::vector<tree::member> attachments{};
};
mail read_eml(std::string_view bytes, const read_limits& limits, html_reader html);
/// All messages of a mailbox, each under a heading with its subject.
mail read_mbox(std::string_view bytes, const read_limits& limits, html_reader html);
tree::read_result read_mhtml(std::string_view bytes, const read_limits& limits, html_reader html);

using members_result = std::variant<std::vector<tree::member>, tree::unreadable>;
/// The regular files of an archive: zip, or tar with or without compression.
members_result read_archive(std::string_view bytes, const read_limits& limits);
/// What a file of gzip packs, under `name` without its `.gz`; of a packed tar, its files.
members_result read_gz(std::string_view bytes, std::string_view name, const read_limits& limits);

/// The media type of a zip by what is in it; empty where it is no document.
std::string_view document_in_zip(std::string_view bytes);

}  // namespace millrace::ingest::formats
