#pragma once

#include "ingest/readers/containers.hpp"
#include "ingest/settings.hpp"
#include "ingest/unpacked.hpp"

#include <string>
#include <utility>

namespace millrace::ingest {

/// Unpacks with a reader of the table, in a child process under limits. Rejects what it cannot
/// read, with its code, and what takes too much (PARSER_LIMIT).
class helper_unpacker final : public unpacker {
 public:
  helper_unpacker(const container_reader& with, parser_settings settings)
      : with_(with), settings_(std::move(settings)) {}

  std::string name() const override { return std::string{with_.name}; }
  unpack_result unpack(const std::string& path, std::string_view file_name,
                       const unpack_limits& limits, const context& at) const override;

 private:
  const container_reader& with_;
  parser_settings settings_;
};

}  // namespace millrace::ingest
