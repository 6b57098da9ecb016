#include "base/json/json_depth.hpp"

#include "base/bounds.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace {

using namespace millrace;

std::string nested(int depth) {
  const auto count = static_cast<std::size_t>(depth);
  return std::string(count, '[') + std::string(count, ']');
}

TEST_CASE("a document may be nested as deep as is allowed, and no deeper") {
  CHECK_FALSE(is_too_deep(""));
  CHECK_FALSE(is_too_deep(nested(bounds::deepest_json)));
  CHECK(is_too_deep(nested(bounds::deepest_json + 1)));
  CHECK(is_too_deep(nested(300'000)));
  CHECK(is_too_deep(std::string(1000, '{')));
}

TEST_CASE("brackets beside each other, or in strings, are no depth") {
  std::string many = "[";
  for (int i = 0; i < 1000; ++i)
    many += "[],{},";
  CHECK_FALSE(is_too_deep(many + "1]"));
  CHECK_FALSE(is_too_deep('"' + std::string(1000, '[') + '"'));
  CHECK_FALSE(is_too_deep(R"(["\\\"[)" + std::string(1000, '[') + R"("])"));
}

}  // namespace
