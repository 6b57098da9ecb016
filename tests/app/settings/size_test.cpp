#include "app/settings/size.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace millrace;
using namespace millrace::app;

TEST_CASE("sizes are read with the units of 1000 and of 1024") {
  CHECK(parse_size("0") == 0);
  CHECK(parse_size("1200") == 1200);
  CHECK(parse_size("7B") == 7);
  CHECK(parse_size("64kB") == 64'000);
  CHECK(parse_size("64KiB") == 65'536);
  CHECK(parse_size("25MB") == 25'000'000);
  CHECK(parse_size("1GiB") == 1'073'741'824);
  CHECK(parse_size("2TB") == 2'000'000'000'000);
}

TEST_CASE("what is no size is not read") {
  for (const auto* text : {"", "MB", "-1", "1.5MB", "1 MB", "1mb", "1MBx", "9223372036854775808",
                           "9223372036854775807kB"})
    CHECK(parse_size(text) == std::nullopt);
}

TEST_CASE("a size is printed in the largest unit that is exact, and read back") {
  CHECK(format_size(0) == "0B");
  CHECK(format_size(25 << 20) == "25MiB");
  CHECK(format_size(25'000'000) == "25MB");
  CHECK(format_size(1201) == "1201B");
  for (const std::int64_t bytes : {std::int64_t{0}, std::int64_t{1}, std::int64_t{1024},
                                   std::int64_t{3} << 40, std::numeric_limits<std::int64_t>::max()})
    CHECK(parse_size(format_size(bytes)) == bytes);
}
