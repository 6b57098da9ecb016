#include "ingest/parse/reader_parser.hpp"

#include "ingest/document/wire.hpp"
#include "ingest/document/writer.hpp"
#include "ingest/files/read_file.hpp"
#include "ingest/parse/parser_exit.hpp"
#include "ingest/parse/parser_process.hpp"
#include "pipeline/api.hpp"

#include <fmt/format.h>

namespace millrace::ingest {
namespace {

retry failed_parser(std::string why) {
  return {std::string{codes::PARSER_FAILED}, std::move(why), std::nullopt};
}

parse_result within(rendered made, std::int64_t max_text_size) {
  if (auto wrong = text_too_large(made, max_text_size))
    return *std::move(wrong);
  return made;
}

}  // namespace

std::optional<reject> text_too_large(const rendered& made, std::int64_t max_text_size) {
  if (static_cast<std::int64_t>(made.text.size()) <= max_text_size)
    return std::nullopt;
  return reject{std::string{codes::PARSER_LIMIT},
                fmt::format("the parser made {} bytes of text, ingest.max_text_size is {}",
                            made.text.size(), max_text_size)};
}

parse_result render_read(tree::read_result&& read, std::int64_t max_text_size) {
  if (auto* why = std::get_if<tree::unreadable>(&read))
    return reject{std::move(why->code), std::move(why->message)};
  auto made = render(std::get<tree::document>(std::move(read)));
  limit_metadata(made.about);
  return within(std::move(made), max_text_size);
}

parse_result reader_parser::parse(const std::string& path, std::string_view file_name,
                                  const context& at) const {
  if (!with_.is_text)
    return read_in_pool(*processes_, with_.kind, path, file_name, at);
  const auto bytes = read_file(path);
  if (!bytes)
    return failed_parser(fmt::format("cannot read {}", path));
  // A long text may be made to take long.
  constexpr std::size_t most_bytes_here = 256 * 1024;
  if (bytes->size() > most_bytes_here)
    return read_in_pool(*processes_, with_.kind, path, file_name, at);
  return render_read(with_.read({*bytes, file_name}), processes_->settings().max_text_size);
}

parse_result read_in_pool(pool::parser_pool& processes, std::string_view kind,
                          const std::string& path, std::string_view file_name, const context& at) {
  auto ended = convert_file(processes, kind, path, file_name, at);
  if (auto other = without_result(ended))
    return std::move(*other);
  const auto& result = std::get<os::command_result>(ended);
  if (result.status != parser_exit::ok)
    return failed_unexpectedly("millrace-parser", result);
  auto answer = from_wire(result.output);
  if (!answer)
    return failed_parser("millrace-parser answered in a form that is not its own");
  if (auto* why = std::get_if<tree::unreadable>(&*answer))
    return reject{std::move(why->code), std::move(why->message)};
  return within(std::get<rendered>(*std::move(answer)), processes.settings().max_text_size);
}

}  // namespace millrace::ingest
