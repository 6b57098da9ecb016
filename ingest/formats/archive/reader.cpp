#include "ingest/formats/archive/reader.hpp"

#include <fmt/format.h>
#include <locale.h>

#include <algorithm>
#include <clocale>

namespace millrace::ingest::formats {
namespace {

/// libarchive loses names in UTF-8 where the locale of the thread has no UTF-8.
class utf8_names {
 public:
  utf8_names() : before_{::uselocale(locale())} {}
  ~utf8_names() { ::uselocale(before_); }
  utf8_names(const utf8_names&) = delete;
  utf8_names& operator=(const utf8_names&) = delete;

 private:
  static locale_t locale() {
    static const auto made = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return made;
  }

  locale_t before_;
};

bool is_about_encryption(archive* from) {
  const char* why = ::archive_error_string(from);
  const std::string_view text = why == nullptr ? "" : why;
  return text.find("ncrypt") != std::string_view::npos ||
         text.find("assphrase") != std::string_view::npos;
}

}  // namespace

archive_reader::archive_reader(std::string_view bytes, packing as, const read_limits& limits)
    : bytes_{bytes}, as_{as}, limits_{limits}, from_{nullptr, ::archive_read_free} {
  open();
}

void archive_reader::open() {
  from_.reset(::archive_read_new());
  auto* from = from_.get();
  ::archive_read_support_format_zip_seekable(from);
  if (as_ == packing::any_archive) {
    ::archive_read_support_filter_gzip(from);
    ::archive_read_support_filter_bzip2(from);
    ::archive_read_support_filter_xz(from);
    ::archive_read_support_filter_zstd(from);
    ::archive_read_support_format_7zip(from);
    ::archive_read_support_format_tar(from);
    ::archive_read_support_format_empty(from);
    ::archive_read_support_format_raw(from);
  }
  if (::archive_read_open_memory(from, bytes_.data(), bytes_.size()) != ARCHIVE_OK)
    fail_as_damaged();
}

archive_entry* archive_reader::next() {
  const utf8_names names;
  // The end of an empty zip is all of it.
  if (as_ == packing::any_archive && bytes_.starts_with("PK\x05\x06"))
    return nullptr;
  const int status = ::archive_read_next_header(from_.get(), &entry_);
  if (status == ARCHIVE_EOF)
    return nullptr;
  if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
    fail_as_damaged();
  // Bytes of any kind are a file that nothing has packed.
  if (is_packed_file() && ::archive_filter_code(from_.get(), 0) == ARCHIVE_FILTER_NONE)
    fail("FILE_DAMAGED", "the file is no archive, or not a whole one: pack it again");
  if (++entries_ > limits_.max_members)
    fail("FILE_EXPANDS_TOO_MUCH",
         fmt::format("the file has more than {} members: split it", limits_.max_members));
  return entry_;
}

entry_content archive_reader::read() {
  if (::archive_entry_is_encrypted(entry_) != 0)
    return {{}, "FILE_ENCRYPTED"};
  const auto told = static_cast<std::size_t>(std::max<la_int64_t>(::archive_entry_size(entry_), 0));
  if (told > limits_.max_member_bytes && is_skipped_for_free()) {
    if (told / limits_.max_ratio > bytes_.size())
      count(told);
    return {{}, "FILE_TOO_LARGE"};
  }
  entry_content content;
  std::size_t size = 0;
  for (;;) {
    const void* block = nullptr;
    std::size_t length = 0;
    la_int64_t offset = 0;
    const int status = ::archive_read_data_block(from_.get(), &block, &length, &offset);
    if (status == ARCHIVE_EOF)
      return content;
    if (status != ARCHIVE_OK) {
      const bool is_locked = is_about_encryption(from_.get());
      if (status == ARCHIVE_FATAL)
        reopen_behind_entry();
      return {{}, is_locked ? "FILE_ENCRYPTED" : "FILE_DAMAGED"};
    }
    // Holes of a sparse file are counted and filled.
    const auto at = std::max(size, static_cast<std::size_t>(std::max<la_int64_t>(offset, 0)));
    count(at + length - size);
    size = at + length;
    if (size > limits_.max_member_bytes) {
      content = {{}, "FILE_TOO_LARGE"};
      continue;
    }
    content.bytes.resize(at);
    content.bytes.append(static_cast<const char*>(block), length);
  }
}

bool archive_reader::is_packed_file() const {
  return ::archive_format(from_.get()) == ARCHIVE_FORMAT_RAW;
}

/// Each member of a zip is packed alone, so the others can be had behind one that cannot.
void archive_reader::reopen_behind_entry() {
  constexpr int most_reopened = 100;
  constexpr int base = ARCHIVE_FORMAT_BASE_MASK;
  if ((::archive_format(from_.get()) & base) != ARCHIVE_FORMAT_ZIP || ++reopened_ > most_reopened)
    fail_as_damaged();
  open();
  for (std::size_t i = 0; i < entries_; ++i)
    if (::archive_read_next_header(from_.get(), &entry_) < ARCHIVE_WARN)
      fail_as_damaged();
}

/// Whether an entry that is not read costs no unpacking.
bool archive_reader::is_skipped_for_free() const {
  const int format = ::archive_format(from_.get()) & ARCHIVE_FORMAT_BASE_MASK;
  return ::archive_filter_code(from_.get(), 0) == ARCHIVE_FILTER_NONE &&
         (format == ARCHIVE_FORMAT_ZIP || format == ARCHIVE_FORMAT_TAR);
}

void archive_reader::count(std::size_t more) {
  unpacked_ += more;
  if (unpacked_ > limits_.max_total_bytes)
    fail("FILE_EXPANDS_TOO_MUCH",
         fmt::format("the file unpacks to more than {} bytes: split it", limits_.max_total_bytes));
  if (unpacked_ > 1'000'000 && unpacked_ / limits_.max_ratio > bytes_.size())
    fail("FILE_EXPANDS_TOO_MUCH",
         fmt::format("the file unpacks to more than {} times its size, as only bombs do",
                     limits_.max_ratio));
}

void archive_reader::fail_as_damaged() const {
  if (is_about_encryption(from_.get()))
    fail("FILE_ENCRYPTED", "the file is encrypted: save it without a password");
  const char* why = ::archive_error_string(from_.get());
  fail("FILE_DAMAGED", fmt::format("the file cannot be unpacked ({}): save or pack it again",
                                   why == nullptr ? "it ends too early" : why));
}

}  // namespace millrace::ingest::formats
