#include "tests/support/paths.hpp"

#include <fmt/format.h>

namespace millrace::tests {
namespace {

std::string joined(std::string_view root, std::string_view below) {
  return below.empty() ? std::string{root} : fmt::format("{}/{}", root, below);
}

}  // namespace

std::string source_path(std::string_view below) { return joined(MILLRACE_SOURCE_DIR, below); }

std::string build_path(std::string_view below) { return joined(MILLRACE_BINARY_DIR, below); }

}  // namespace millrace::tests
