#include "base/unicode/printable.hpp"
#include "ingest/formats/archive/member_names.hpp"
#include "ingest/formats/archive/reader.hpp"
#include "ingest/formats/archive/unpack.hpp"
#include "ingest/formats/formats.hpp"

#include <array>
#include <utility>

namespace millrace::ingest::formats {
namespace {

/// Longer ones are names of nothing that people have.
constexpr std::size_t most_path_bytes = 4096;

std::string_view last_step(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// What systems leave in archives beside the files.
bool is_litter(std::string_view path) {
  const auto name = last_step(path);
  return path.starts_with("__MACOSX/") || name == ".DS_Store" || name == "Thumbs.db";
}

std::string name_of_packed(std::string_view archive) {
  constexpr std::array<std::string_view, 4> ends{".gz", ".bz2", ".xz", ".zst"};
  auto name = last_step(archive);
  for (const auto end : ends)
    if (name.ends_with(end)) {
      name.remove_suffix(end.size());
      break;
    }
  return name.empty() ? "content" : std::string{name};
}

struct found_entry {
  std::string path;
  entry_content content;
};

found_entry read_found(archive_reader& from, archive_entry* entry, std::string_view archive) {
  const char* name = ::archive_entry_pathname(entry);
  found_entry found{.path = name == nullptr ? "" : name, .content = {}};
  if (from.is_packed_file())
    found.path = name_of_packed(archive);
  const auto kind = ::archive_entry_filetype(entry);
  const bool is_file =
      (kind == AE_IFREG || kind == 0) && ::archive_entry_hardlink(entry) == nullptr;
  found.content = is_file ? from.read() : entry_content{{}, "FILE_NOT_REGULAR"};
  return found;
}

void sort_in(found_entry&& one, unpacked& into) {
  auto path = printable(safe_path(one.path));
  if (is_litter(path))
    return;
  if (path.empty() || path.size() > most_path_bytes) {
    into.left_out.push_back({printable(one.path), "FILE_NAME_INVALID"});
    return;
  }
  if (one.content.fault.empty())
    into.members.push_back({std::move(path), std::move(one.content.bytes)});
  else
    into.left_out.push_back({std::move(path), std::string{one.content.fault}});
}

unpacked read_all(std::string_view bytes, std::string_view name, const read_limits& limits) {
  archive_reader from{bytes, packing::any_archive, limits};
  std::vector<found_entry> found;
  while (auto* entry = from.next())
    if (::archive_entry_filetype(entry) != AE_IFDIR)
      found.push_back(read_found(from, entry, name));
  std::vector<std::string*> names;
  names.reserve(found.size());
  for (auto& one : found)
    names.push_back(&one.path);
  decode_names(names, bytes.starts_with("PK"));
  unpacked all;
  for (auto& one : found)
    sort_in(std::move(one), all);
  return all;
}

/// Where nothing can be had, the file is what its members are.
void refuse_if_locked_or_damaged(const unpacked& all) {
  if (!all.members.empty())
    return;
  for (const auto& one : all.left_out) {
    if (one.code == "FILE_ENCRYPTED")
      fail(one.code, "the file is encrypted: save it without a password");
    if (one.code == "FILE_DAMAGED")
      fail(one.code, "the files in the archive cannot be unpacked: pack them again");
  }
}

}  // namespace

members_result read_archive(std::string_view bytes, std::string_view name,
                            const read_limits& limits) {
  return guarded<members_result>([&]() -> members_result {
    auto all = read_all(bytes, name, limits);
    refuse_if_locked_or_damaged(all);
    return all;
  });
}

}  // namespace millrace::ingest::formats
