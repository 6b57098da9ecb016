#include "ingest/parse/local_parsers.hpp"

#include "ingest/files/media_type.hpp"
#include "ingest/parse/html_parser.hpp"
#include "ingest/parse/pdf_parser.hpp"
#include "ingest/parse/text_parser.hpp"

namespace millrace::ingest {

void use_local_parsers(service_directory& services, const parser_settings& settings) {
  services.use_parser(std::string{plain_text}, std::make_shared<text_parser>("text@1"));
  services.use_parser(std::string{markdown}, std::make_shared<text_parser>("markdown@1"));
  services.use_parser(std::string{html}, std::make_shared<html_parser>(settings));
  services.use_parser(std::string{pdf}, std::make_shared<pdf_parser>(settings));
}

}  // namespace millrace::ingest
