#pragma once

#include <chrono>

namespace millrace::benchmarks {

inline double ms(std::chrono::steady_clock::duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

}  // namespace millrace::benchmarks
