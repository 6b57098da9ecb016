#pragma once

#include <string>
#include <string_view>

/// Where the tests find what they read and start. One source knows the folders, so that the other
/// sources compile to the same objects in every clone (ccache).
namespace millrace::tests {

/// The path of a file below the project's folder, or of that folder.
std::string source_path(std::string_view below = {});
/// The path of a program or file below the folder of this build, or of that folder.
std::string build_path(std::string_view below = {});

}  // namespace millrace::tests
