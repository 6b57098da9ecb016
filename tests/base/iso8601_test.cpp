#include "base/iso8601.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace millrace;

TEST_CASE("instants are printed in ISO 8601, UTC") {
  CHECK(to_iso8601(from_us(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(to_iso8601(from_us(1'795'452'587'123'456)) == "2026-11-23T16:49:47.123Z");
  CHECK(to_iso8601_us(from_us(1'795'452'587'000'456)) == "2026-11-23T16:49:47.000456Z");
  CHECK(to_iso8601(from_us(-1)) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("instants are read with their offset from UTC") {
  CHECK(parse_iso8601("1970-01-01T00:00Z") == from_us(0));
  CHECK(parse_iso8601("2026-11-23T16:49:47Z") == from_us(1'795'452'587'000'000));
  CHECK(parse_iso8601("2026-11-23T16:49:47.12Z") == from_us(1'795'452'587'120'000));
  CHECK(parse_iso8601("2026-11-23T17:49:47.123456+01:00") == from_us(1'795'452'587'123'456));
  CHECK(parse_iso8601("2026-11-23T11:19:47-0530") == from_us(1'795'452'587'000'000));
  CHECK(parse_iso8601(to_iso8601_us(from_us(1'795'452'587'000'456))) ==
        from_us(1'795'452'587'000'456));
  CHECK(parse_iso8601("2024-02-29T00:00Z").has_value());
}

TEST_CASE("what is no instant is not read") {
  for (const auto* text : {"",
                           "2026",
                           "2026-11-23",
                           "2026-11-23T",
                           "2026-11-23T16",
                           "2026-11-23T16:49",
                           "2026-11-23T16:49:47",
                           "2026-11-23T16:49:47.Z",
                           "2026-11-23T16:49:47.1234567Z",
                           "2026-02-29T00:00Z",
                           "2026-13-01T00:00Z",
                           "2026-11-31T00:00Z",
                           "2026-11-23T24:00Z",
                           "2026-11-23T16:60Z",
                           "2026-11-23T16:49:60Z",
                           "2026-11-23T16:49+1",
                           "2026-11-23T16:49+24:00",
                           "2026-11-23T16:49Zx",
                           "26-11-23T16:49Z",
                           "2026-11-23 16:49Z",
                           "2026-1-23T16:49Z",
                           "-026-11-23T16:49Z",
                           "2026-11-+3T16:49Z"}) {
    INFO(text);
    CHECK_FALSE(parse_iso8601(text));
  }
}

}  // namespace
