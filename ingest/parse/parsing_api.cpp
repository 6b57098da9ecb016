#include "ingest/parse/parsing_api.hpp"

#include "base/digest.hpp"
#include "net/http/http_response.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace millrace::ingest {
namespace {

using nlohmann::json;

/// As browsers write names of files into forms.
std::string escaped(std::string_view name) {
  std::string safe;
  for (const auto c : name)
    if (c == '"' || c == '\r' || c == '\n')
      safe += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      safe += c;
  return safe;
}

/// The member of an answer that is a text, or what is wrong with it.
std::string text_at(const std::string& name, std::string_view body, std::string& fault) {
  auto document = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (document.is_object())
    if (const auto at = document.find(name); at != document.end() && at->is_string())
      return std::move(at->get_ref<std::string&>());
  fault = document.is_object() ? fmt::format("it has no text `{}`", name) : "it is no JSON object";
  return {};
}

bool is_id(std::string_view text) {
  constexpr std::size_t longest = 128;
  return !text.empty() && text.size() <= longest && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

upload_form make_upload(std::string_view name, std::string_view media_type, std::string_view bytes,
                        std::string_view webhook_url) {
  // No file holds its own digest.
  const auto boundary = "millrace-" + sha256_hex(bytes);
  upload_form form{"multipart/form-data; boundary=" + boundary, {}};
  const auto url_part =
      webhook_url.empty()
          ? std::string{}
          : fmt::format(
                "--{}\r\nContent-Disposition: form-data; name=\"webhook_url\"\r\n\r\n{}\r\n",
                boundary, webhook_url);
  form.body = fmt::format(
      "{}--{}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n"
      "Content-Type: {}\r\n\r\n{}\r\n--{}--\r\n",
      url_part, boundary, escaped(name), media_type, bytes, boundary);
  return form;
}

upload_answer read_upload(std::string_view body) {
  upload_answer answer;
  answer.id = text_at("id", body, answer.fault);
  if (answer.fault.empty() && !is_id(answer.id)) {
    answer.fault = "its `id` cannot stand in a URL";
    answer.id.clear();
  }
  return answer;
}

status_answer read_status(std::string_view body) {
  constexpr std::array<std::string_view, 4> pending{"PENDING", "QUEUED", "RUNNING", "PROCESSING"};
  constexpr std::array<std::string_view, 2> succeeded{"SUCCESS", "PARTIAL_SUCCESS"};
  constexpr std::array<std::string_view, 3> failed{"ERROR", "CANCELED", "CANCELLED"};
  status_answer answer;
  const auto status = text_at("status", body, answer.fault);
  if (!answer.fault.empty() || is_one_of(pending, status))
    return answer;
  if (is_one_of(succeeded, status)) {
    answer.state = remote_state::succeeded;
  } else if (is_one_of(failed, status)) {
    answer.state = remote_state::failed;
    std::string none;
    const auto message = text_at("error_message", body, none);
    answer.why =
        fmt::format("{}{}{}", status, message.empty() ? "" : ": ", net::service_message(message));
  } else {
    answer.fault = "its `status` is unknown";
  }
  return answer;
}

result_answer read_result(std::string_view body) {
  result_answer answer;
  answer.text = text_at("markdown", body, answer.fault);
  return answer;
}

}  // namespace millrace::ingest
