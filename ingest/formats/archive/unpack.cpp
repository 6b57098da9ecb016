#include "ingest/formats/archive/unpack.hpp"

#include "ingest/formats/archive/reader.hpp"

#include <fmt/format.h>

namespace millrace::ingest::formats {
namespace {

bool is_picture_or_font(std::string_view path) {
  for (const std::string_view end : {".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".bmp",
                                     ".tiff", ".ttf", ".otf", ".woff", ".mp4", ".bin", ".odttf"})
    if (path.ends_with(end))
      return true;
  return false;
}

/// A document needs all of its parts.
void refuse_part(std::string_view fault, const read_limits& limits) {
  if (fault == "FILE_ENCRYPTED")
    fail("FILE_ENCRYPTED", "the file is encrypted: save it without a password");
  if (fault == "FILE_TOO_LARGE")
    fail("FILE_EXPANDS_TOO_MUCH", fmt::format("a part of the file has more than {} bytes: split it",
                                              limits.max_member_bytes));
  if (!fault.empty())
    fail("FILE_DAMAGED", "a part of the file cannot be unpacked: save it again");
}

}  // namespace

std::string safe_path(std::string_view path) {
  std::string safe;
  while (!path.empty()) {
    const auto end = path.find_first_of("/\\");
    const auto step = path.substr(0, end);
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    if (step == "..")
      return {};
    if (step.empty() || step == "." || step.ends_with(':'))
      continue;
    if (!safe.empty())
      safe += '/';
    for (const char c : step)
      safe += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '_' : c;
  }
  return safe;
}

parts unpack_document(std::string_view bytes, const read_limits& limits) {
  // A password makes an office file a compound file with such a stream, named in UTF-16.
  constexpr std::string_view compound = "\xD0\xCF\x11\xE0";
  if (bytes.starts_with(compound)) {
    constexpr std::string_view stream{"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e", 31};
    if (bytes.find(stream) != std::string_view::npos)
      fail("FILE_ENCRYPTED", "the file is encrypted: save it without a password");
    fail("FILE_TYPE_UNSUPPORTED",
         "the file is in a binary format of old office programs: save it as docx, xlsx or pptx");
  }
  parts found;
  archive_reader from{bytes, packing::zip, limits};
  while (auto* entry = from.next()) {
    const char* name = ::archive_entry_pathname(entry);
    const auto kind = ::archive_entry_filetype(entry);
    if (name == nullptr || (kind != AE_IFREG && kind != 0) || is_picture_or_font(name))
      continue;
    std::string path = name;
    auto [content, fault] = from.read();
    refuse_part(fault, limits);
    found.emplace(std::move(path), std::move(content));
  }
  return found;
}

}  // namespace millrace::ingest::formats
