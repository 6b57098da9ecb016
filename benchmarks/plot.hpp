#pragma once

#include "benchmarks/report.hpp"

#include <filesystem>

namespace millrace::benchmarks {

/// Draws the figures as bars, from least to most run beside the median, one picture a unit below
/// the other, with gnuplot. The file's name ends in .svg or .png. Throws when it cannot be drawn.
void plot(const report& what, const std::filesystem::path& file);

}  // namespace millrace::benchmarks
