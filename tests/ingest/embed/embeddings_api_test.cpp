#include "ingest/embed/embeddings_api.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <string>
#include <string_view>

using namespace millrace;
using namespace millrace::ingest;

namespace {

TEST_CASE("a request names the model and the texts, and the dimensions only when told to") {
  const std::array<std::string_view, 2> texts{"one \"1\"", "zw\xc3\xb6lf"};
  const auto plain = nlohmann::json::parse(embeddings_request("m", {}, texts));
  CHECK(plain == nlohmann::json{{"model", "m"},
                                {"encoding_format", "float"},
                                {"input", {"one \"1\"", "zw\xc3\xb6lf"}}});
  CHECK(nlohmann::json::parse(embeddings_request("m", 5, texts)).at("dimensions") == 5);
}

TEST_CASE("vectors come back in the order of the texts, whatever the order of the answer") {
  const auto answer = read_embeddings(
      R"({"data": [{"index": 1, "embedding": [3, 4.5]}, {"index": 0, "embedding": [-1, 2e-3]}],
          "usage": {"prompt_tokens": 6, "total_tokens": 7}})",
      2, 2);
  CHECK(answer.fault.empty());
  CHECK(answer.vectors == std::vector<vector>{{-1, 0.002F}, {3, 4.5F}});
  CHECK(answer.tokens == 7);
}

TEST_CASE("servers that number nothing and count nothing are understood") {
  const auto answer =
      read_embeddings(R"({"data": [{"embedding": [1]}, {"embedding": [2]}]})", 2, 1);
  CHECK(answer.vectors == std::vector<vector>{{1}, {2}});
  CHECK_FALSE(answer.tokens);
}

TEST_CASE("an answer that cannot be used says what is wrong, and has no vector") {
  struct row {
    const char* body;
    const char* fault;
  };
  constexpr std::array table{
      row{"<html>", "its answer is no JSON"},
      row{"", "its answer is no JSON"},
      row{"[]", "its answer has no list `data`"},
      row{R"({"data": 7})", "its answer has no list `data`"},
      row{R"({"data": [{"embedding": [1, 2]}]})", "it made 1 vectors of 2 texts"},
      row{R"({"data": [{"embedding": [1, 2]}, {}]})", "entry 1 of its answer has no `embedding`"},
      row{R"({"data": [{"embedding": [1, 2]}, 3]})", "entry 1 of its answer has no `embedding`"},
      row{R"({"data": [{"index": 1, "embedding": [1, 2]}, {"index": 1, "embedding": [1, 2]}]})",
          "entry 1 of its answer is about no text, or one twice"},
      row{R"({"data": [{"index": 2, "embedding": [1, 2]}, {"index": 1, "embedding": [1, 2]}]})",
          "entry 0 of its answer is about no text, or one twice"},
      row{R"({"data": [{"index": -1, "embedding": [1, 2]}, {"embedding": [1, 2]}]})",
          "entry 0 of its answer is about no text, or one twice"},
      row{R"({"data": [{"embedding": [1, null]}, {"embedding": [1, 2]}]})",
          "vector 0 of its answer is no list of numbers"},
      row{R"({"data": [{"embedding": "AAAA"}, {"embedding": [1, 2]}]})",
          "vector 0 of its answer is no list of numbers"},
      row{R"({"data": [{"embedding": [1, 1e300]}, {"embedding": [1, 2]}]})",
          "vector 0 of its answer is no list of numbers"},
      row{R"({"data": [{"embedding": [1, 2]}, {"embedding": [1, 2, 3]}]})",
          "it made a vector of 3 dimensions instead of 2"},
      row{R"({"data": [{"embedding": []}, {"embedding": [1, 2]}]})",
          "it made a vector of 0 dimensions instead of 2"},
  };
  for (const auto& [body, fault] : table) {
    INFO(body);
    CHECK(read_embeddings(body, 2, 2).fault == fault);
  }
}

TEST_CASE("tokens are estimated rather too high") {
  CHECK(estimate_tokens("") == 1);
  CHECK(estimate_tokens("the quick brown fox") >= 4);
  CHECK(estimate_tokens("\xe6\xb0\xb4\xe8\xbb\x8a") >= 2);
}

}  // namespace
