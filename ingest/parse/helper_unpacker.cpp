#include "ingest/parse/helper_unpacker.hpp"

#include "ingest/parse/container_wire.hpp"
#include "ingest/parse/parser_exit.hpp"
#include "ingest/parse/parser_process.hpp"
#include "ingest/parse/reader_parser.hpp"
#include "pipeline/api.hpp"

#include <memory>

namespace millrace::ingest {

unpack_result helper_unpacker::unpack(const std::string& path, std::string_view file_name,
                                      const unpack_limits& limits, const context& at) const {
  auto ended = unpack_file(*processes_, with_.kind, path, file_name, limits, at);
  if (auto* wrong = std::get_if<reject>(&ended))
    return std::move(*wrong);
  if (auto* failed = std::get_if<retry>(&ended))
    return std::move(*failed);
  if (auto* later = std::get_if<snooze>(&ended))
    return std::move(*later);
  auto& result = std::get<os::command_result>(ended);
  if (result.status != parser_exit::ok)
    return failed_unexpectedly("millrace-parser", result);
  auto answer = container_from_wire(std::make_shared<const std::string>(std::move(result.output)));
  if (!answer)
    return retry{std::string{codes::PARSER_FAILED},
                 "millrace-parser answered in a form that is not its own", std::nullopt};
  if (auto* why = std::get_if<tree::unreadable>(&*answer))
    return reject{std::move(why->code), std::move(why->message)};
  auto made = std::get<unpacked_file>(*std::move(answer));
  if (auto wrong = text_too_large(made.text, processes_->settings().max_text_size))
    return *std::move(wrong);
  return made;
}

}  // namespace millrace::ingest
