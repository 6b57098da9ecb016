#pragma once

#include "ingest/formats/read_limits.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace millrace::ingest::formats {

enum class packing : std::uint8_t {
  zip,
  /// zip, 7z, tar, and one packed file; tar and the file with gzip, bzip2, xz or zstd.
  any_archive,
};

/// The content of an entry, or why it cannot be had while others may be.
struct entry_content {
  std::string bytes{};
  /// FILE_ENCRYPTED, FILE_DAMAGED or FILE_TOO_LARGE; empty for nothing.
  std::string_view fault{};
};

/// Reads an archive in its order, within limits. Names are in UTF-8 where the archive says which
/// encoding they have. What ends the whole archive is thrown as `cannot_read`: FILE_DAMAGED,
/// FILE_ENCRYPTED, FILE_EXPANDS_TOO_MUCH.
class archive_reader {
 public:
  /// Bytes and limits must outlive it.
  archive_reader(std::string_view bytes, packing as, const read_limits& limits);

  /// The next entry, until the next call; null at the end.
  archive_entry* next();
  /// The content of that entry.
  entry_content read();
  /// Whether the archive is nothing but a packed file, whose name it does not know.
  bool is_packed_file() const;

 private:
  void open();
  void reopen_behind_entry();
  bool is_skipped_for_free() const;
  void count(std::size_t more);
  [[noreturn]] void fail_as_damaged() const;

  std::string_view bytes_;
  packing as_;
  const read_limits& limits_;
  std::unique_ptr<archive, int (*)(archive*)> from_;
  archive_entry* entry_ = nullptr;
  std::size_t entries_ = 0;
  std::size_t unpacked_ = 0;
  int reopened_ = 0;
};

}  // namespace millrace::ingest::formats
