#include "pipeline/tracing/trace_context.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace millrace::pipeline::tracing;

namespace {

const std::string trace_digits = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string parent_digits = "00f067aa0ba902b7";

}  // namespace

TEST_CASE("a traceparent is read, and written again as it came") {
  const auto* flags = GENERATE("00", "01");
  const auto text = "00-" + trace_digits + '-' + parent_digits + '-' + flags;
  const auto read = parse_traceparent(text);
  REQUIRE(read);
  CHECK(to_hex(read->trace) == trace_digits);
  CHECK(to_hex(read->parent) == parent_digits);
  CHECK(read->is_sampled == (flags == std::string{"01"}));
  CHECK(to_traceparent(*read) == text);
}

TEST_CASE("digits alone, other flags and later versions are read") {
  CHECK(parse_traceparent("00-12345678901234567890123456789012-1234567890123456-01"));
  CHECK(parse_traceparent("00-" + trace_digits + '-' + parent_digits + "-03")->is_sampled);
  CHECK_FALSE(parse_traceparent("00-" + trace_digits + '-' + parent_digits + "-02")->is_sampled);
  const auto later = parse_traceparent("cc-" + trace_digits + '-' + parent_digits + "-01-more");
  REQUIRE(later);
  CHECK(to_traceparent(*later) == "00-" + trace_digits + '-' + parent_digits + "-01");
  CHECK(parse_traceparent("cc-" + trace_digits + '-' + parent_digits + "-01"));
}

TEST_CASE("what the standard has a receiver ignore is no traceparent") {
  const std::string rest = '-' + parent_digits + "-01";
  for (const auto& text :
       {std::string{}, std::string{"00"}, "00-" + trace_digits + '-' + parent_digits,
        "00-" + trace_digits + '-' + parent_digits + "-1", "00-" + trace_digits + rest + "-more",
        "00-" + trace_digits + rest + ' ', ' ' + trace_digits + rest, "ff-" + trace_digits + rest,
        "0g-" + trace_digits + rest, "cc-" + trace_digits + rest + "more",
        "00-" + std::string(32, '0') + rest, "00-" + trace_digits + "-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736" + rest, "00-" + trace_digits + "-00F067AA0BA902B7-01",
        "00-" + trace_digits + '-' + parent_digits + "-0x", "00_" + trace_digits + rest,
        "00-" + trace_digits.substr(1) + "g" + rest, "000-" + trace_digits.substr(1) + rest,
        "00-" + trace_digits + '0' + rest.substr(0, 15) + "-01"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_traceparent(text));
  }
}
