#pragma once

#include <string>
#include <string_view>

namespace millrace::ingest {

/// The name in the WHATWG Encoding Standard, in lower case ("gb18030"), of an encoding that is
/// known under that label: the standard's labels and the commonest names beyond them, in any case,
/// with white space around. Empty when it is not known.
std::string_view encoding_of_label(std::string_view label);

/// ICU's converter for one of these names, nullptr for UTF-8, UTF-16 and what is not known.
const char* converter_of(std::string_view encoding);

}  // namespace millrace::ingest
