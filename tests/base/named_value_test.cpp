#include "base/named_value.hpp"

#include <catch2/catch.hpp>

#include <cstdint>

using namespace millrace;

namespace {

enum class fruit : std::uint8_t { apple, pear, plum };

constexpr auto fruit_names =
    std::to_array<named_value<fruit>>({{fruit::pear, "pear"}, {fruit::apple, "apple"}});

}  // namespace

TEST_CASE("a table of names reads and prints the values of an enumeration, in any order") {
  for (const auto& [value, name] : fruit_names) {
    CHECK(name_of(fruit_names, value) == name);
    CHECK(value_of(fruit_names, name) == value);
  }
}

TEST_CASE("a name that the table does not have is no value, nor is a part of one") {
  for (const auto* name : {"", "plum", "pea", "pears", "Pear", " pear"})
    CHECK_FALSE(value_of(fruit_names, name));
  CHECK(name_of(fruit_names, fruit::plum).empty());
}
