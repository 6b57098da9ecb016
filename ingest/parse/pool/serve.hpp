#pragma once

#include "ingest/parse/pool/messages.hpp"
#include "ingest/parse/sandbox/sandbox.hpp"

#include <functional>
#include <string>

namespace millrace::ingest::pool {

/// What a parser does.
struct parser_work {
  /// What it may open to read a file of that kind, beside the file.
  std::function<sandbox::readable_files(const std::string& kind)> files;
  /// Reads the file on standard input and writes what it made of it on standard output; answers
  /// its exit status. It takes the rest of its rights away by itself.
  std::function<int(const request&, const sandbox::parser_sandbox&)> read;
};

/// The parser process that stays: takes requests from the socket on its standard input, and forks
/// for each a process that reads the file in the sandbox and ends. Of one file nothing is left when
/// the next comes: no memory, no process. Ends when the other side of the socket is gone, with what
/// it has at work. The process must have one thread.
///
/// Answers the exit status.
int serve(const parser_work& work);

/// Does the work of one request in this process, in the sandbox; answers its exit status.
int read_alone(const parser_work& work, const request& what);

}  // namespace millrace::ingest::pool
