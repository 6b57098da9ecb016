#include "tests/support/http_server/connection.hpp"

#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <random>
#include <string>

namespace millrace::tests::http_server {
namespace {

using nlohmann::json;

struct request {
  std::string line;
  std::string head;
  std::string body;

  /// The value of a header; the name in lower case.
  std::string header(const std::string& name) const {
    const auto at = head.find("\n" + name + ":");
    if (at == std::string::npos)
      return {};
    const auto begin = head.find_first_not_of(' ', at + name.size() + 2);
    return head.substr(begin, head.find('\r', begin) - begin);
  }
};

/// Numbers in -1 to 1 that depend on the text alone.
json vector_of(const std::string& text, std::size_t dimension) {
  std::seed_seq copy(text.begin(), text.end());
  std::minstd_rand dice{copy};
  auto numbers = json::array();
  for (std::size_t i = 0; i < dimension; ++i)
    numbers.push_back(static_cast<double>(dice() % 2001) / 1000.0 - 1.0);
  return numbers;
}

class connection {
 public:
  connection(int client, director& script) : client_(client), script_(script) {}

  void run() {
    while (const auto asked = read_request())
      if (!answer(*asked))
        return;
  }

 private:
  bool receive() {
    std::array<char, 65536> piece{};
    const auto got = recv(client_, piece.data(), piece.size(), 0);
    if (got > 0)
      bytes_.append(piece.data(), static_cast<std::size_t>(got));
    return got > 0;
  }

  std::optional<request> read_request() {
    std::size_t end = 0;
    while ((end = bytes_.find("\r\n\r\n")) == std::string::npos)
      if (!receive())
        return std::nullopt;
    request one;
    one.line = bytes_.substr(0, bytes_.find("\r\n"));
    one.head = bytes_.substr(0, end + 2);
    // Names of headers in lower case; values stay, for keys have capitals.
    bool in_name = true;
    for (auto& c : one.head) {
      in_name = c == '\n' || (in_name && c != ':');
      if (in_name)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    const auto length = one.header("content-length");
    const auto size = length.empty() ? 0 : std::stoul(length);
    while (bytes_.size() < end + 4 + size)
      if (!receive())
        return std::nullopt;
    one.body = bytes_.substr(end + 4, size);
    bytes_.erase(0, end + 4 + size);
    return one;
  }

  bool send_all(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = send(client_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  bool reply(int status, const std::string& body, const std::string& headers = {},
             std::size_t cut = 0) const {
    const auto head = "HTTP/1.1 " + std::to_string(status) +
                      " Told So\r\nContent-Length: " + std::to_string(body.size()) +
                      "\r\nContent-Type: application/json\r\n" + headers + "\r\n";
    return send_all(head + body.substr(0, body.size() - cut)) && cut == 0;
  }

  /// Ends with an RST instead of a FIN.
  bool reset() const {
    const linger at_once{1, 0};
    setsockopt(client_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return false;
  }

  /// Waits until the time is over; false when the client has gone before.
  bool wait(int milliseconds) const {
    pollfd gone{client_, POLLRDHUP, 0};
    return poll(&gone, 1, milliseconds) == 0;
  }

  bool answer(const request& asked) {
    if (asked.line.starts_with("GET /control "))
      return reply(200, script_.counts());
    if (asked.line.starts_with("GET /control/upload "))
      return reply(200, script_.last_upload());
    if (asked.line.starts_with("POST /control "))
      return script_.tell(asked.body) ? reply(200, "{}") : reply(400, R"({"error": "what?"})");
    if (script_.is_down())
      return reset();
    if (asked.line.starts_with("GET /v1/models "))
      return reply(200, R"({"data": [{"id": "test"}]})");
    if (asked.line.starts_with("POST /v1/upload ") || asked.line.starts_with("GET /v1/job/")) {
      script_.began(0);
      const bool goes_on = parse(asked, script_.next());
      script_.ended();
      return goes_on;
    }
    if (asked.line.starts_with("POST /v1/jobs")) {
      script_.began(0);
      const bool goes_on = handle_job(asked, script_.next());
      script_.ended();
      return goes_on;
    }
    if (!asked.line.starts_with("POST /v1/embeddings "))
      return reply(404, R"({"error": {"message": "there is nothing here"}})");
    const auto body = json::parse(asked.body, nullptr, false);
    if (!body.is_object() || !body.contains("input") || !body["input"].is_array())
      return reply(400, R"({"error": {"message": "no input"}})");
    const auto texts = body["input"].get<std::vector<std::string>>();
    script_.began(texts.size());
    const bool goes_on = embed(asked, body, texts, script_.next());
    script_.ended();
    return goes_on;
  }

  /// What any request may be told to be answered with: whether the connection goes on after it;
  /// nothing where it is to be answered rightly.
  std::optional<bool> misbehave(const request& asked, const behaviour& how) {
    if (how.delay_ms > 0 && !wait(how.delay_ms))
      return false;
    const auto& word = how.word;
    if (word == "hang")
      return wait(-1);
    if (word == "reset")
      return reset();
    if (word == "garbage")
      return reply(200, "<html>It works!</html>");
    if (word == "echo-key")
      return reply(401,
                   json{{"error", {{"message", "bad: " + asked.header("authorization")}}}}.dump());
    if (word.starts_with("large:"))
      return reply(200, std::string(std::stoul(word.substr(6)), ' '));
    if (word.starts_with("status:"))
      return fail(word.substr(7));
    return std::nullopt;
  }

  bool embed(const request& asked, const json& body, const std::vector<std::string>& texts,
             const behaviour& how) {
    if (const auto goes_on = misbehave(asked, how))
      return *goes_on;
    if (how.word == "nan")
      return reply(200, R"({"data": [{"index": 0, "embedding": [null, "NaN"]}]})");
    return reply_well(vectors(body, texts, how.word), how);
  }

  /// POST /v1/upload, GET /v1/job/ID and GET /v1/job/ID/result/markdown.
  bool parse(const request& asked, const behaviour& how) {
    constexpr std::string_view jobs = "GET /v1/job/";
    constexpr std::string_view result = "/result/markdown";
    const bool is_upload = !asked.line.starts_with(jobs);
    auto id = is_upload ? "" : asked.line.substr(jobs.size(), asked.line.rfind(' ') - jobs.size());
    const bool is_result = id.ends_with(result);
    if (is_result)
      id.resize(id.size() - result.size());
    if (!is_upload && !is_result)
      script_.polled();
    if (const auto goes_on = misbehave(asked, how))
      return *goes_on;
    if (is_upload)
      return reply_well({{"id", how.word == "odd" ? "../1" : script_.take_upload(asked.body)}},
                        how);
    const auto form = script_.upload_of(id);
    if (!form)
      return reply(404, R"({"detail": "there is no such job"})");
    return reply_well(is_result ? result_of(*form, how.word) : status_of(asked, how.word), how);
  }

  /// POST /v1/jobs: the payload's own "answer", or the whole job as the output.
  bool handle_job(const request& asked, const behaviour& how) {
    if (const auto goes_on = misbehave(asked, how))
      return *goes_on;
    const auto job = json::parse(asked.body);
    const auto& payload = job.at("payload");
    if (!payload.is_object() || !payload.contains("answer"))
      return reply_well({{"id", job.at("id")}, {"advance", job}}, how);
    const auto& answer = payload.at("answer");
    return reply(200, answer.is_string() ? answer.get<std::string>() : answer.dump());
  }

  static json status_of(const request& asked, const std::string& word) {
    if (word == "error")
      return {{"status", "ERROR"},
              {"error_message", "told to fail, by " + asked.header("authorization")}};
    if (word == "odd")
      return {{"status", "ODD"}};
    return {{"status", word == "pending"    ? "PENDING"
                       : word == "canceled" ? "CANCELED"
                                            : "SUCCESS"}};
  }

  static json result_of(const std::string& form, const std::string& word) {
    if (word == "odd")
      return {{"markdown", nullptr}};
    if (word == "blank")
      return {{"markdown", " \n"}};
    const auto name = form.find("filename=\"") + 10;
    return {{"markdown",
             "# Parsed\n\nThis is " + form.substr(name, form.find('"', name) - name) + ".\n"}};
  }

  bool reply_well(const json& answer, const behaviour& how) const {
    const auto right = answer.dump();
    return reply(200, right, {}, how.word == "truncate" ? right.size() / 2 : 0);
  }

  bool fail(const std::string& how) const {
    const auto colon = how.find(':');
    const auto headers = colon == std::string::npos
                             ? std::string{}
                             : "Retry-After: " + how.substr(colon + 1) + "\r\n";
    return reply(std::stoi(how), R"({"error": {"message": "as it was told"}})", headers);
  }

  static json vectors(const json& body, const std::vector<std::string>& texts,
                      const std::string& word) {
    auto data = json::array();
    std::size_t tokens = 0;
    const auto dimension = body.value("dimensions", std::size_t{8}) + (word == "dimension" ? 1 : 0);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      data.push_back({{"object", "embedding"}, {"embedding", vector_of(texts[i], dimension)}});
      if (word != "unnumbered")
        data.back()["index"] = i;
      tokens += texts[i].size() / 4 + 1;
    }
    if (word == "short")
      data.erase(data.size() - 1);
    if (word == "double")
      data.back()["index"] = 0;
    if (word == "shuffle")
      std::reverse(data.begin(), data.end());
    json all{{"object", "list"}, {"data", std::move(data)}};
    if (word != "unnumbered")
      all["usage"] = {{"prompt_tokens", tokens}, {"total_tokens", tokens}};
    return all;
  }

  const int client_;
  director& script_;
  std::string bytes_;
};

}  // namespace

void serve(int client, director& script) {
  try {
    connection{client, script}.run();
  } catch (const std::exception&) {
    // A request that is nonsense: the connection ends.
  }
  close(client);
}

}  // namespace millrace::tests::http_server
