#include "pipeline/handler.hpp"

#include "base/text_line.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace millrace::pipeline {

void context::progress(double percent, std::string_view message) const {
  if (listener == nullptr)
    return;
  const auto known =
      std::isnan(percent) ? std::nullopt : std::optional{std::clamp(percent, 0.0, 100.0)};
  listener->hear({known, one_line(message)});
}

void context::progress(std::string_view message) const {
  if (listener != nullptr)
    listener->hear({std::nullopt, one_line(message)});
}

}  // namespace millrace::pipeline
