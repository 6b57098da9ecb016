#include "ingest/ids.hpp"

#include "ingest/files/media_type.hpp"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace millrace::ingest {
namespace {

// 6c8a1e6e-1f0b-4aa8-9f0a-1a7c2e6f2b42: fixed for ever, for every id follows from it.
constexpr boost::uuids::uuid name_space{{0x6c, 0x8a, 0x1e, 0x6e, 0x1f, 0x0b, 0x4a, 0xa8, 0x9f, 0x0a,
                                         0x1a, 0x7c, 0x2e, 0x6f, 0x2b, 0x42}};

std::string uuid_v5(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return boost::uuids::to_string(boost::uuids::name_generator_sha1{name_space}(name));
}

}  // namespace

std::string document_id(std::string_view owner, std::string_view file_sha256) {
  return uuid_v5(fmt::format("{}:{}", owner, file_sha256));
}

std::string raw_uri(std::string_view owner, std::string_view document_id,
                    std::string_view media_type) {
  return fmt::format("storage://raw/{}/{}.{}", owner, document_id, extension_of(media_type));
}

std::string chunk_id(std::string_view document_id, std::string_view chunker,
                     std::string_view version, std::int64_t ord) {
  return uuid_v5(fmt::format("{}:{}:{}:{}", document_id, chunker, version, ord));
}

}  // namespace millrace::ingest
