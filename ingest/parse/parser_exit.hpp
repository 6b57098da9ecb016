#pragma once

namespace millrace::ingest::parser_exit {

/// The exit statuses by which `millrace-parser` says what happened; those of `pdfinfo` are the
/// tool's own, with the shell's 126 and 127 when it could not be started.
inline constexpr int ok = 0;
inline constexpr int usage = 2;
inline constexpr int unreadable = 20;
inline constexpr int out_of_memory = 22;
inline constexpr int cannot_start = 126;
inline constexpr int not_found = 127;
/// And the number of the signal by which a tool of the parser was ended.
inline constexpr int tool_signalled = 128;

}  // namespace millrace::ingest::parser_exit
