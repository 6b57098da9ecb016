#include "app/error.hpp"

#include "app/terminal/text.hpp"

#include <fmt/format.h>

namespace millrace::app {

std::string explain(const millrace::error& bad) {
  auto text = fmt::format("millrace: {}: {}\n", escape(bad.summary()), escape(bad.why()));
  if (!bad.next().empty())
    text += fmt::format("  next: {}\n", escape(bad.next()));
  return text;
}

}  // namespace millrace::app
