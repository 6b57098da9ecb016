#include "ingest/formats/formats.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace millrace::ingest::formats {
namespace {

std::size_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value |= std::size_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  return value;
}

/// The names in the directory, which stands at the end; none where it is not found. Names in other
/// places may be those of a document in the archive.
std::vector<std::string_view> names_in(std::string_view zip) {
  constexpr std::size_t end_size = 22;
  constexpr std::size_t entry_size = 46;
  constexpr std::size_t most_names = 20'000;
  std::vector<std::string_view> names;
  const auto end = zip.rfind("PK\x05\x06");
  if (end == std::string_view::npos || zip.size() - end < end_size)
    return names;
  const auto size = number_at(zip, end + 12, 4);
  // The offset that is told does not count what may stand before the archive.
  auto at = size <= end ? end - size : zip.size();
  if (size == 0xFFFFFFFF || at >= end || zip.substr(at, 4) != "PK\x01\x02")
    at = number_at(zip, end + 16, 4);
  while (names.size() < most_names && at <= zip.size() && zip.size() - at >= entry_size &&
         zip.substr(at, 4) == "PK\x01\x02") {
    const auto length = number_at(zip, at + 28, 2);
    if (zip.size() - at - entry_size < length)
      break;
    names.push_back(zip.substr(at + entry_size, length));
    at += entry_size + length + number_at(zip, at + 30, 2) + number_at(zip, at + 32, 2);
  }
  return names;
}

constexpr std::string_view word =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
constexpr std::string_view sheet =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
constexpr std::string_view slides =
    "application/vnd.openxmlformats-officedocument.presentationml.presentation";

template <class Has>
std::string_view type_of_package(Has&& has) {
  if (has("word/document"))
    return word;
  if (has("xl/workbook"))
    return sheet;
  return has("ppt/presentation") ? slides : std::string_view{};
}

}  // namespace

std::string_view type_of_zip(std::string_view bytes) {
  // The first member of these says what they are, uncompressed.
  if (bytes.size() > 38 && bytes.substr(30, 8) == "mimetype") {
    for (const std::string_view type :
         {"application/epub+zip", "application/vnd.oasis.opendocument.text",
          "application/vnd.oasis.opendocument.spreadsheet",
          "application/vnd.oasis.opendocument.presentation"})
      if (bytes.substr(38, type.size()) == type)
        return type;
    return {};
  }
  const auto names = names_in(bytes);
  const auto has = [&](std::string_view begin) {
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view name) { return name.starts_with(begin); });
  };
  // A zip without its end is damaged, as whatever it was.
  if (names.empty()) {
    const auto is_somewhere = [&](std::string_view text) {
      return bytes.find(text) != std::string_view::npos;
    };
    const auto was =
        is_somewhere("[Content_Types].xml") ? type_of_package(is_somewhere) : std::string_view{};
    return was.empty() ? "application/zip" : was;
  }
  if (has("[Content_Types].xml"))
    return type_of_package(has);
  return has("META-INF/MANIFEST.MF") ? std::string_view{} : "application/zip";
}

}  // namespace millrace::ingest::formats
