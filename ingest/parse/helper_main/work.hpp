#pragma once

#include "ingest/parse/pool/serve.hpp"

#include <string_view>

namespace millrace::ingest {

/// The work of `millrace-parser`: reads files of the kinds of readers() and container_readers() and
/// PDFs, and asks pdfinfo about them. poppler's tools are looked for in these folders, as PATH has
/// them.
pool::parser_work make_parser_work(std::string_view path);

/// Whether it reads files of that kind.
bool is_parser_kind(std::string_view kind);

/// Uses each reader once, on next to nothing: a process that is forked afterwards finds loaded and
/// made what they need.
void warm_up_readers();

}  // namespace millrace::ingest
