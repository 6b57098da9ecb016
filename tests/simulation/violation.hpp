#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace millrace::simulation {

/// An invariant that does not hold.
class violation : public std::runtime_error {
 public:
  violation(std::string invariant, const std::string& what)
      : std::runtime_error(invariant + ": " + what), invariant_(std::move(invariant)) {}

  const std::string& invariant() const { return invariant_; }

 private:
  std::string invariant_;
};

}  // namespace millrace::simulation
