#include "ingest/formats/archive/unpack.hpp"
#include "ingest/formats/formats.hpp"

namespace millrace::ingest::formats {
namespace {

void refuse_deep(const read_limits& limits) {
  if (limits.max_nesting < 1)
    fail("FILE_TOO_DEEP", "archives are nested too deeply: unpack the outer ones first");
}

/// What systems leave in archives beside the files.
bool is_litter(std::string_view path) {
  const auto name =
      path.substr(path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1);
  return path.starts_with("__MACOSX/") || name == ".DS_Store" || name == "Thumbs.db";
}

std::vector<tree::member> safe_members(std::string_view bytes, const read_limits& limits) {
  auto members = unpack(bytes, packing::any_archive, limits, [](const std::string& path) {
    const auto safe = safe_path(path);
    return !safe.empty() && !is_litter(safe);
  });
  for (auto& one : members)
    one.path = safe_path(one.path);
  return members;
}

bool is_tar(std::string_view bytes) {
  return bytes.size() >= 512 && bytes.substr(257, 5) == "ustar";
}

}  // namespace

members_result read_archive(std::string_view bytes, const read_limits& limits) {
  return guarded<members_result>([&]() -> members_result {
    refuse_deep(limits);
    return safe_members(bytes, limits);
  });
}

members_result read_gz(std::string_view bytes, std::string_view name, const read_limits& limits) {
  return guarded<members_result>([&]() -> members_result {
    refuse_deep(limits);
    auto members = unpack(bytes, packing::gzip, limits, [](const std::string&) { return true; });
    if (members.size() == 1 && is_tar(members[0].bytes))
      return safe_members(bytes, limits);
    if (name.ends_with(".gz"))
      name.remove_suffix(3);
    const auto path =
        safe_path(name.substr(name.rfind('/') == std::string_view::npos ? 0 : name.rfind('/') + 1));
    for (auto& one : members)
      one.path = path.empty() ? "content" : path;
    return members;
  });
}

std::string_view document_in_zip(std::string_view bytes) {
  // The first member of these says what they are, uncompressed.
  if (bytes.size() > 38 && bytes.substr(30, 8) == "mimetype")
    for (const std::string_view type :
         {"application/epub+zip", "application/vnd.oasis.opendocument.text",
          "application/vnd.oasis.opendocument.spreadsheet",
          "application/vnd.oasis.opendocument.presentation"})
      if (bytes.substr(38, type.size()) == type)
        return type;
  // The names stand at the end of the file, in the directory.
  if (bytes.find("[Content_Types].xml") == std::string_view::npos)
    return {};
  if (bytes.find("word/document") != std::string_view::npos)
    return "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  if (bytes.find("xl/workbook") != std::string_view::npos)
    return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  if (bytes.find("ppt/presentation") != std::string_view::npos)
    return "application/vnd.openxmlformats-officedocument.presentationml.presentation";
  return {};
}

}  // namespace millrace::ingest::formats
