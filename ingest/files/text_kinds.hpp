#pragma once

#include <string_view>

namespace millrace::ingest {

/// How a text is read and, where it is code, in which language it is written.
struct text_kind {
  std::string_view media_type{};
  /// In lower case ("python"); empty for prose and where it is not known.
  std::string_view language{};
};

/// The kind by the name of the file, else by what the text begins with where the name says nothing:
/// the interpreter in `#!`, XML, JSON, a patch. Text without either is plain text.
text_kind text_kind_of(std::string_view text, std::string_view name);

}  // namespace millrace::ingest
