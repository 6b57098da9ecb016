#pragma once

#include "base/os/unique_fd.hpp"
#include "ingest/unpacked.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What a runtime and a parser process say to each other, over a socket that keeps messages apart.
namespace millrace::ingest::pool {

/// A file to read, and how far the parser may go; 0 = no limit.
struct request {
  /// That of a reader, or pdf, or pdfinfo.
  std::string kind;
  /// What the file was called.
  std::string file_name{};
  std::int64_t cpu_seconds = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t output_bytes = 0;
  /// For a file that holds others, which are to be handed out.
  std::optional<unpack_limits> unpack{};
};

/// The descriptors that come with a request.
struct request_files {
  unique_fd input{};
  unique_fd output{};
  unique_fd errors{};
};

/// How the process that read a file ended.
struct answer {
  /// As waitpid(2) has it.
  std::int32_t status = 0;
  /// An errno where there was no process; then the status counts for nothing.
  std::int32_t failure = 0;
};

struct received_request {
  request what;
  request_files files;
};

/// 0, or an errno. EPIPE where the other side is gone.
int send(int socket, const request& what, const request_files& files);
int send(int socket, const answer& what);

/// The next message; nothing when the other side is gone, or what it says is no message.
std::optional<received_request> receive_request(int socket);
std::optional<answer> receive_answer(int socket);

}  // namespace millrace::ingest::pool
