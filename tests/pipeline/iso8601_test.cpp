#include "pipeline/iso8601.hpp"

#include <catch2/catch.hpp>

namespace {

using namespace millrace::pipeline;

TEST_CASE("instants are printed in ISO 8601, UTC") {
  CHECK(to_iso8601(from_us(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(to_iso8601(from_us(1'795'452'587'123'456)) == "2026-11-23T16:49:47.123Z");
  CHECK(to_iso8601_us(from_us(1'795'452'587'000'456)) == "2026-11-23T16:49:47.000456Z");
  CHECK(to_iso8601(from_us(-1)) == "1969-12-31T23:59:59.999Z");
}

}  // namespace
