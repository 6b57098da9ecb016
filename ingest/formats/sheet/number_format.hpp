#pragma once

#include <string>
#include <string_view>

namespace millrace::ingest::formats {

/// A number as a spreadsheet shows it in a format such as "yyyy-mm-dd", "0.0%" or "#,##0.00".
/// What a format says of colours, widths and fractions is left out.
std::string shown_number(double value, std::string_view format, bool is_1904);

/// The formats that files name by a number only; empty for "General".
std::string_view built_in_format(long id);

/// The shortest digits that read back as the number, without an exponent where that is readable.
std::string plain_number(double value);

}  // namespace millrace::ingest::formats
