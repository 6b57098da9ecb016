#pragma once

#include "ingest/files/decode.hpp"

#include <string_view>

namespace millrace::ingest {

/// Bytes through ICU's converter of that name, which has to exist. Each sequence that is not of the
/// encoding becomes one U+FFFD. Throws millrace::error when ICU has no such converter here.
decoded_text convert_with(std::string_view bytes, const char* converter);

/// UTF-8 with one U+FFFD for each broken sequence.
decoded_text repaired_utf8(std::string_view bytes);

}  // namespace millrace::ingest
