#pragma once

#include <cstdint>
#include <string>

/// How lists count that do not count in digits.
namespace millrace::ingest {

/// i, ii, iii, iv ...; for 1 to 3,999.
std::string roman_numeral(std::int64_t number);

/// a, b, ... z, aa, ab ...; from 1 on.
std::string letter_numeral(std::int64_t number);

}  // namespace millrace::ingest
