#pragma once

#include <string>
#include <vector>

namespace millrace {

/// What a program that millrace starts gets of millrace's own environment, as NAME=VALUE: where it
/// finds programs and its home, its user, the language and the time zone. No keys, no URLs.
std::vector<std::string> plain_environment();

}  // namespace millrace
