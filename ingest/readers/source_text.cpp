#include "ingest/readers/source_text.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace millrace::ingest {

std::variant<decoded_text, tree::unreadable> source_text(const tree::source_file& file) {
  if (auto text = decode_text(file.bytes, declared_in_text(file.bytes)))
    return *std::move(text);
  return tree::unreadable{
      "TEXT_ENCODING",
      "no encoding makes plausible text of the file, which declares none: save it as UTF-8"};
}

void warn_of_encoding(const decoded_text& text, tree::document& made) {
  if (text.guessed)
    made.warnings.push_back(
        {"TEXT_ENCODING_GUESSED",
         fmt::format("the file does not say its encoding: it was read as {}", text.encoding)});
  if (text.broken > 0)
    made.warnings.push_back({"TEXT_BYTES_REPLACED",
                             fmt::format("bytes that are no {} were read as U+FFFD", text.encoding),
                             static_cast<std::int64_t>(text.broken)});
}

}  // namespace millrace::ingest
