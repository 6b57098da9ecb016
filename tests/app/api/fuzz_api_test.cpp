#include "tests/app/api/api_server.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace millrace::tests {
namespace {

using nlohmann::json;

/// Makes requests of the OpenAPI document: many that it allows, and many that it does not.
class request_maker {
 public:
  request_maker(json document, unsigned seed) : all_(std::move(document)), random_(seed) {
    for (const auto& [path, methods] : all_["paths"].items())
      for (const auto& [method, operation] : methods.items())
        operations_.push_back({path, method, operation});
  }

  api_request next() {
    const auto& [path, method, described] = pick(operations_);
    auto target = path;
    char before = '?';
    for (const auto& parameter : described["parameters"]) {
      const auto name = parameter["name"].get<std::string>();
      const auto value = escaped(value_of(parameter["schema"]));
      if (parameter["in"] == "path") {
        const auto at = target.find('{');
        target.replace(at, name.size() + 2, value);
      } else if (parameter["in"] == "query" && (chance(30) || parameter["required"] == true)) {
        target += fmt::format("{}{}={}", before, name, value);
        before = '&';
      }
    }
    if (chance(5))
      target += fmt::format("{}{}={}", before, escaped(odd_text()), escaped(odd_text()));
    api_request made{.method = method, .target = target};
    for (auto& c : made.method)
      c = static_cast<char>(c & ~0x20);
    if (described.contains("requestBody"))
      made.body = chance(70) ? document(0) : odd_text();
    if (described.contains("requestBody") && chance(80) &&
        described["requestBody"]["content"].contains("multipart/form-data"))
      made = with_form(std::move(made));
    else if (made.method == "POST" && chance(20))
      made.type = "application/x-ndjson";
    return made;
  }

 private:
  struct operation {
    std::string path;
    std::string method;
    json described;
  };

  bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }

  template <class All>
  const typename All::value_type& pick(const All& all) {
    return all[random_() % all.size()];
  }

  std::string value_of(const json& schema) {
    if (chance(20))
      return odd_text();
    if (schema.contains("enum"))
      return pick(schema["enum"]).template get<std::string>();
    if (schema["type"] == "integer")
      return fmt::to_string(chance(80) ? random_() % 10 : random_());
    if (schema["type"] == "boolean")
      return chance(50) ? "true" : "false";
    if (schema.contains("examples"))
      return "1ms";
    return pick(std::vector<std::string>{"p", "q", "a", "b", "name", "1"});
  }

  std::string odd_text() {
    static const std::vector<std::string> known{"",
                                                "-1",
                                                "0",
                                                "9223372036854775808",
                                                "1e400",
                                                "null",
                                                "true",
                                                "' or 1=1 --",
                                                "%",
                                                "\xff",
                                                "é",
                                                "日本語",
                                                "../../etc/passwd",
                                                "a b",
                                                "\"",
                                                "{",
                                                "[[[[[[[[",
                                                "\n",
                                                "*",
                                                "%s%n",
                                                std::string(3000, 'x'),
                                                std::string("\0", 1)};
    return pick(known);
  }

  api_request with_form(api_request made) {
    made.type = "multipart/form-data; boundary=b";
    made.body.clear();
    for (int parts = static_cast<int>(random_() % 4); parts > 0; --parts)
      made.body += fmt::format(
          "--b\r\nContent-Disposition: form-data; name={}; filename=\"{}\"\r\n\r\n{}\r\n",
          chance(90) ? "file" : odd_text(), chance(70) ? "a.txt" : odd_text(),
          chance(70) ? "# text" : odd_text());
    if (chance(90))
      made.body += "--b--";
    return made;
  }

  /// A JSON document, deep at times.
  std::string document(int depth) {
    if (depth > 3 || chance(40))
      return pick(std::vector<std::string>{"1", "\"x\"", "null", "1e999", "[]", "{}", "-0.5",
                                           "12345678901234567890123456789"});
    if (chance(5))
      return std::string(2000, '[') + std::string(2000, ']');
    std::string text = "{";
    for (const auto* name :
         {"payload", "priority", "at", "unique", "tenant", "tags", "query", "top", "other"})
      if (chance(25))
        text += fmt::format("{}\"{}\":{}", text.size() > 1 ? "," : "", name, document(depth + 1));
    return text + "}";
  }

  static std::string escaped(const std::string& text) {
    std::string out;
    for (const unsigned char c : text)
      out +=
          std::isalnum(c) != 0 ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
    return out;
  }

  json all_;
  std::mt19937_64 random_;
  std::vector<operation> operations_;
};

}  // namespace

TEST_CASE("no request of the API's own description, right or wrong, is the server's fault") {
  api_server at;
  const auto seed = static_cast<unsigned>(std::random_device{}());
  INFO("seed " << seed);
  request_maker maker{at.get("/v1/openapi.json").json(), seed};
  for (int i = 0; i < 3000; ++i) {
    const auto asked = maker.next();
    INFO(wire_text(asked));
    const auto answer = at.ask(asked);
    const bool may_be_away = answer.status == 503 && answer.code() == "NO_RUNTIME";
    CHECK((answer.status < 500 || may_be_away));
    if (answer.status >= 400) {
      const auto problem = answer.json();
      CHECK(answer.headers.at("content-type") == "application/problem+json");
      CHECK_FALSE(problem["title"].get<std::string>().empty());
    }
  }
  CHECK(at.get("/healthz").status == 200);
}

}  // namespace millrace::tests
