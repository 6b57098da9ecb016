#include "ingest/parse/html_parser.hpp"

#include "ingest/parse/html_to_markdown.hpp"
#include "ingest/parse/parser_exit.hpp"
#include "ingest/parse/parser_process.hpp"
#include "pipeline/api.hpp"

#include <fmt/format.h>

namespace millrace::ingest {

parse_result html_parser::parse(const std::string& path, const context& at) const {
  auto ended = convert_html(path, settings_, at);
  if (auto other = without_result(ended))
    return std::move(*other);
  auto& result = std::get<os::command_result>(ended);
  if (result.status == parser_exit::too_deep)
    return reject{std::string{codes::HTML_TOO_DEEP},
                  fmt::format("the page nests elements more than {} deep", max_html_depth)};
  if (result.status != parser_exit::ok)
    return failed_unexpectedly("millrace-parser", result);
  return std::move(result.output);
}

}  // namespace millrace::ingest
