#include "ingest/parse/text_parser.hpp"

#include "ingest/files/decode.hpp"
#include "ingest/files/read_file.hpp"
#include "pipeline/api.hpp"

#include <fmt/format.h>

namespace millrace::ingest {

parse_result text_parser::parse(const std::string& path, const context&) const {
  const auto bytes = read_file(path);
  if (!bytes)
    return retry{std::string{codes::PARSER_FAILED}, fmt::format("cannot read {}", path),
                 std::nullopt};
  if (auto text = to_utf8(*bytes))
    return *std::move(text);
  return reject{std::string{codes::TEXT_ENCODING}, "the text is not UTF-8, UTF-16 or Latin-1"};
}

}  // namespace millrace::ingest
