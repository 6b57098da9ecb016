#pragma once

#include <filesystem>
#include <string>

namespace millrace::app {

/// Throws app::error (usage) unless the file of the setting (`telemetry.ca_file`) has certificates
/// in it, or none is set.
void check_authorities(const std::string& setting, const std::filesystem::path& file);

}  // namespace millrace::app
