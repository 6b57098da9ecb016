#pragma once

#include "pipeline/progress.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace millrace::tests {

/// What a handler says of how far it is, as "40: page 12".
class heard_progress final : public pipeline::progress_listener {
 public:
  void hear(pipeline::progress how_far) override {
    all.push_back(fmt::format("{}: {}", how_far.percent ? fmt::to_string(*how_far.percent) : "?",
                              how_far.message));
  }

  std::vector<std::string> all;
};

}  // namespace millrace::tests
