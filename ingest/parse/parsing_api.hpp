#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// What is said to a parsing service and what it answers, as LlamaParse has it: a file is uploaded,
/// which makes a job there; the job is asked for its status, and in the end for its result.
namespace millrace::ingest {

/// A form with a file in it.
struct upload_form {
  std::string content_type;
  std::string body;
};

/// The body of `POST /upload`: the file's bytes, and where to call when its job has ended, unless
/// that is empty.
upload_form make_upload(std::string_view name, std::string_view media_type, std::string_view bytes,
                        std::string_view webhook_url);

/// The answer: {"id": ...}. The id goes into URLs: letters, digits, `-`, `_` and `.`.
struct upload_answer {
  std::string id{};
  /// What is wrong with the answer; empty for nothing.
  std::string fault{};
};
upload_answer read_upload(std::string_view body);

enum class remote_state : std::uint8_t { pending, succeeded, failed };

/// The answer of `GET /job/ID`: {"status": ...}, with the service's own words about a failure.
struct status_answer {
  remote_state state = remote_state::pending;
  std::string why{};
  std::string fault{};
};
status_answer read_status(std::string_view body);

/// The answer of `GET /job/ID/result/markdown`: {"markdown": ...}.
struct result_answer {
  std::string text{};
  std::string fault{};
};
result_answer read_result(std::string_view body);

}  // namespace millrace::ingest
