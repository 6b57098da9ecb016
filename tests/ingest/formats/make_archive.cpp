#include "tests/ingest/formats/make_archive.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <stdexcept>

namespace millrace::tests {
namespace {

using writer = std::unique_ptr<archive, int (*)(archive*)>;
using entry = std::unique_ptr<archive_entry, void (*)(archive_entry*)>;

void set_format(archive* to, packed_as format) {
  switch (format) {
    case packed_as::zip:
      ::archive_write_set_format_zip(to);
      break;
    case packed_as::seven_zip:
      ::archive_write_set_format_7zip(to);
      break;
    case packed_as::tar_gz:
      ::archive_write_add_filter_gzip(to);
      ::archive_write_set_format_gnutar(to);
      break;
    case packed_as::tar:
      ::archive_write_set_format_gnutar(to);
      break;
  }
}

void add_archived(archive* to, const archived& one) {
  const entry made{::archive_entry_new(), ::archive_entry_free};
  ::archive_entry_set_pathname(made.get(), one.name.c_str());
  ::archive_entry_set_perm(made.get(), 0644);
  ::archive_entry_set_size(made.get(), 0);
  ::archive_entry_set_filetype(made.get(), AE_IFREG);
  switch (one.is) {
    case archived::kind::file:
      ::archive_entry_set_size(made.get(), static_cast<la_int64_t>(one.bytes.size()));
      break;
    case archived::kind::symbolic_link:
      ::archive_entry_set_filetype(made.get(), AE_IFLNK);
      ::archive_entry_set_symlink(made.get(), one.bytes.c_str());
      break;
    case archived::kind::hard_link:
      ::archive_entry_set_hardlink(made.get(), one.bytes.c_str());
      break;
    case archived::kind::device:
      ::archive_entry_set_filetype(made.get(), AE_IFCHR);
      break;
    case archived::kind::folder:
      ::archive_entry_set_filetype(made.get(), AE_IFDIR);
      break;
  }
  if (::archive_write_header(to, made.get()) < ARCHIVE_WARN)
    throw std::runtime_error{::archive_error_string(to)};
  if (one.is == archived::kind::file)
    ::archive_write_data(to, one.bytes.data(), one.bytes.size());
}

std::string write_with(std::size_t room, archive* to, const std::vector<archived>& entries) {
  std::string out(room, '\0');
  std::size_t used = 0;
  if (::archive_write_open_memory(to, out.data(), out.size(), &used) != ARCHIVE_OK)
    throw std::runtime_error{::archive_error_string(to)};
  for (const auto& one : entries)
    add_archived(to, one);
  ::archive_write_close(to);
  out.resize(used);
  return out;
}

/// Where the headers with that mark begin.
std::size_t header_at(const std::string& zip, std::string_view mark, std::size_t member) {
  auto at = zip.find(mark);
  for (std::size_t i = 0; i < member && at != std::string::npos; ++i)
    at = zip.find(mark, at + 1);
  if (at == std::string::npos)
    throw std::runtime_error{"the zip has no such member"};
  return at;
}

void add_flags(std::string& zip, std::size_t at, unsigned flags) {
  zip[at] = static_cast<char>(static_cast<unsigned char>(zip[at]) | (flags & 0xFF));
  zip[at + 1] = static_cast<char>(static_cast<unsigned char>(zip[at + 1]) | (flags >> 8));
}

}  // namespace

std::string archive_of(packed_as format, const std::vector<archived>& entries) {
  std::size_t room = 65'536;
  for (const auto& one : entries)
    room += one.bytes.size() + 2 * one.name.size() + 2'048;
  const writer to{::archive_write_new(), ::archive_write_free};
  set_format(to.get(), format);
  return write_with(room, to.get(), entries);
}

std::string gzip_of(std::string_view bytes) {
  const writer to{::archive_write_new(), ::archive_write_free};
  ::archive_write_add_filter_gzip(to.get());
  ::archive_write_set_format_raw(to.get());
  return write_with(bytes.size() + 65'536, to.get(), {{"data", std::string{bytes}}});
}

void set_flags(std::string& zip, std::size_t member, unsigned flags) {
  add_flags(zip, header_at(zip, "PK\x03\x04", member) + 6, flags);
  add_flags(zip, header_at(zip, "PK\x01\x02", member) + 8, flags);
}

}  // namespace millrace::tests
