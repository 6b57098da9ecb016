#pragma once

#include "base/check.hpp"
#include "ingest/model.hpp"

#include <bit>
#include <cstring>
#include <string>
#include <string_view>

/// Vectors as the database keeps them: float32, little endian, one after the other.
namespace millrace::ingest {

static_assert(std::endian::native == std::endian::little && sizeof(float) == 4);

inline std::string_view to_bytes(const vector& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

inline vector from_bytes(std::string_view bytes) {
  MILLRACE_CHECK(bytes.size() % sizeof(float) == 0);
  vector values(bytes.size() / sizeof(float));
  if (!values.empty())
    std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

}  // namespace millrace::ingest
