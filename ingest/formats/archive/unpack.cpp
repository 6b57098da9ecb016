#include "ingest/formats/archive/unpack.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <memory>

namespace millrace::ingest::formats {
namespace {

using reader = std::unique_ptr<archive, int (*)(archive*)>;

[[noreturn]] void fail_as_damaged(archive* from) {
  const char* why = ::archive_error_string(from);
  const std::string text = why == nullptr ? "it ends too early" : why;
  if (text.find("ncrypt") != std::string::npos || text.find("assphrase") != std::string::npos)
    fail("FILE_ENCRYPTED", "the file is encrypted: save it without a password");
  fail("FILE_DAMAGED",
       fmt::format("the file cannot be unpacked ({}): save or pack it again", text));
}

reader open(std::string_view bytes, packing as) {
  reader from{::archive_read_new(), ::archive_read_free};
  if (as == packing::zip) {
    ::archive_read_support_format_zip_seekable(from.get());
  } else if (as == packing::gzip) {
    ::archive_read_support_filter_gzip(from.get());
    ::archive_read_support_format_raw(from.get());
  } else {
    ::archive_read_support_filter_gzip(from.get());
    ::archive_read_support_filter_bzip2(from.get());
    ::archive_read_support_filter_xz(from.get());
    ::archive_read_support_filter_zstd(from.get());
    ::archive_read_support_format_zip_seekable(from.get());
    ::archive_read_support_format_tar(from.get());
  }
  if (::archive_read_open_memory(from.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
    fail_as_damaged(from.get());
  return from;
}

/// Counts what is unpacked of one file.
class meter {
 public:
  meter(std::size_t packed, const read_limits& limits) : packed_{packed}, limits_{limits} {}

  void add(std::size_t member, std::size_t more) {
    total_ += more;
    if (member > limits_.max_member_bytes || total_ > limits_.max_total_bytes)
      fail("FILE_EXPANDS_TOO_MUCH",
           fmt::format("the file unpacks to more than {} bytes: split it",
                       member > limits_.max_member_bytes ? limits_.max_member_bytes
                                                         : limits_.max_total_bytes));
    if (total_ > 1'000'000 && total_ / limits_.max_ratio > packed_)
      fail("FILE_EXPANDS_TOO_MUCH",
           fmt::format("the file unpacks to more than {} times its size, as only bombs do",
                       limits_.max_ratio));
  }

 private:
  std::size_t packed_;
  std::size_t total_ = 0;
  const read_limits& limits_;
};

std::string read_entry(archive* from, meter& count) {
  std::string out;
  for (;;) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int status = ::archive_read_data_block(from, &block, &size, &offset);
    if (status == ARCHIVE_EOF)
      return out;
    if (status != ARCHIVE_OK)
      fail_as_damaged(from);
    // Holes of a sparse file are counted and filled.
    const auto at = static_cast<std::size_t>(std::max<la_int64_t>(offset, 0));
    const auto grown = std::max(at, out.size()) + size - out.size();
    count.add(out.size() + grown, grown);
    out.resize(std::max(at, out.size()));
    out.append(static_cast<const char*>(block), size);
  }
}

bool is_picture_or_font(std::string_view path) {
  for (const std::string_view end : {".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".bmp",
                                     ".tiff", ".ttf", ".otf", ".woff", ".mp4", ".bin", ".odttf"})
    if (path.ends_with(end))
      return true;
  return false;
}

}  // namespace

std::vector<tree::member> unpack(std::string_view bytes, packing as, const read_limits& limits,
                                 const std::function<bool(const std::string&)>& wanted) {
  const auto from = open(bytes, as);
  meter count{bytes.size(), limits};
  std::vector<tree::member> members;
  std::size_t seen = 0;
  for (;;) {
    archive_entry* entry = nullptr;
    const int status = ::archive_read_next_header(from.get(), &entry);
    if (status == ARCHIVE_EOF)
      return members;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
      fail_as_damaged(from.get());
    if (++seen > limits.max_members)
      fail("FILE_EXPANDS_TOO_MUCH",
           fmt::format("the file has more than {} members: split it", limits.max_members));
    if (::archive_entry_is_encrypted(entry) != 0)
      fail("FILE_ENCRYPTED", "the file is encrypted: save it without a password");
    const char* name = ::archive_entry_pathname_utf8(entry);
    if (name == nullptr)
      name = ::archive_entry_pathname(entry);
    std::string path = name == nullptr ? "" : name;
    const auto kind = ::archive_entry_filetype(entry);
    if ((kind != AE_IFREG && kind != 0) || !wanted(path))
      continue;
    auto content = read_entry(from.get(), count);
    members.push_back({std::move(path), std::move(content)});
  }
}

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
  for (auto& member : unpack(bytes, packing::zip, limits,
                             [](const std::string& path) { return !is_picture_or_font(path); }))
    found.emplace(std::move(member.path), std::move(member.bytes));
  return found;
}

}  // namespace millrace::ingest::formats
