#pragma once

#include "ingest/parse/pool/parser_pool.hpp"
#include "ingest/readers/containers.hpp"
#include "ingest/unpacked.hpp"

#include <memory>
#include <string>
#include <utility>

namespace millrace::ingest {

/// Unpacks with a reader of the table, in a process of the pool, under limits. Rejects what it
/// cannot read, with its code, and what takes too much (PARSER_LIMIT).
class helper_unpacker final : public unpacker {
 public:
  helper_unpacker(const container_reader& with, std::shared_ptr<pool::parser_pool> processes)
      : with_(with), processes_(std::move(processes)) {}

  std::string name() const override { return std::string{with_.name}; }
  unpack_result unpack(const std::string& path, std::string_view file_name,
                       const unpack_limits& limits, const context& at) const override;

 private:
  const container_reader& with_;
  std::shared_ptr<pool::parser_pool> processes_;
};

}  // namespace millrace::ingest
