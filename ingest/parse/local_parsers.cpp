#include "ingest/parse/local_parsers.hpp"

#include "ingest/files/media_type.hpp"
#include "ingest/parse/helper_unpacker.hpp"
#include "ingest/parse/pdf_parser.hpp"
#include "ingest/parse/pool/parser_pool.hpp"
#include "ingest/parse/reader_parser.hpp"

#include <memory>
#include <string>

namespace millrace::ingest {

void use_local_parsers(service_directory& services, const parser_settings& settings) {
  const auto processes = std::make_shared<pool::parser_pool>(settings);
  for (const auto& one : readers())
    services.use_parser(std::string{one.media_type},
                        std::make_shared<reader_parser>(one, processes));
  for (const auto& one : container_readers())
    services.use_unpacker(std::string{one.media_type},
                          std::make_shared<helper_unpacker>(one, processes));
  services.use_parser(std::string{pdf}, std::make_shared<pdf_parser>(processes));
}

}  // namespace millrace::ingest
