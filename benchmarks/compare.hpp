#pragma once

#include <filesystem>

namespace millrace::benchmarks {

/// Prints the figures that two JSON reports share, and which of them got slower by more than a
/// tenth and beyond the spread of the older runs. Answers 1 when one did, else 0. Throws when a
/// file is no report.
int compare_reports(const std::filesystem::path& before, const std::filesystem::path& after);

}  // namespace millrace::benchmarks
