#include "ingest/readers/containers.hpp"

#include "ingest/files/media_type.hpp"
#include "ingest/formats/formats.hpp"
#include "ingest/html/read_html.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

namespace millrace::ingest {
namespace {

tree::read_result html_of_mail(std::string_view html) {
  return read_html({.bytes = html, .name = {}});
}

template <auto Read>
container unpack_mail(const tree::source_file& file, const formats::read_limits& limits) {
  auto read = Read(file.bytes, limits, html_of_mail);
  return {std::move(read.text), std::move(read.attachments), std::move(read.left_out)};
}

container unpack_archive(const tree::source_file& file, const formats::read_limits& limits) {
  auto read = formats::read_archive(file.bytes, file.name, limits);
  if (auto* why = std::get_if<tree::unreadable>(&read))
    return {.text = std::move(*why), .members = {}, .left_out = {}};
  auto& all = std::get<formats::unpacked>(read);
  return {tree::document{}, std::move(all.members), std::move(all.left_out)};
}

constexpr std::array all_containers{
    container_reader{"eml", eml, "eml@2", unpack_mail<formats::read_eml>},
    container_reader{"mbox", mbox, "mbox@2", unpack_mail<formats::read_mbox>},
    container_reader{"zip", zip, "zip@1", unpack_archive},
    container_reader{"7z", seven_zip, "7z@1", unpack_archive},
    container_reader{"tar", tar, "tar@1", unpack_archive},
    container_reader{"gz", gzip, "gz@1", unpack_archive},
    container_reader{"bz2", bzip2, "bz2@1", unpack_archive},
    container_reader{"xz", xz, "xz@1", unpack_archive},
    container_reader{"zst", zstd, "zst@1", unpack_archive},
};

template <class Text>
const container_reader* find_by(Text container_reader::*what, std::string_view wanted) {
  const auto* at = std::find_if(all_containers.begin(), all_containers.end(),
                                [&](const container_reader& one) { return one.*what == wanted; });
  return at == all_containers.end() ? nullptr : at;
}

}  // namespace

std::span<const container_reader> container_readers() { return all_containers; }

const container_reader* find_container_reader(std::string_view kind) {
  return find_by(&container_reader::kind, kind);
}

bool is_container(std::string_view media_type) {
  return find_by(&container_reader::media_type, media_type) != nullptr;
}

}  // namespace millrace::ingest
