#pragma once

#include "app/screen/snapshot.hpp"
#include "app/screen/style.hpp"

#include <string>
#include <vector>

/// What the tests of the screen look at.
namespace millrace::tests {

/// A runtime with two pipelines, some trouble, and a few jobs.
app::snapshot sample_picture();

/// The lines as text, without the blanks at their ends.
std::string text_of(const std::vector<app::line>& lines);

}  // namespace millrace::tests
