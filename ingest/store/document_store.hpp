#pragma once

#include "base/time.hpp"
#include "ingest/interfaces.hpp"
#include "storage/db/database.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace millrace::storage {
class connection_pool;
}

namespace millrace::ingest {

/// Reads what the ingest stages wrote. Connections are opened as threads need them and kept.
class document_store final : public documents {
 public:
  explicit document_store(storage::database_settings settings);
  ~document_store() override;

  std::optional<document> find(const std::string& document_id) override;
  job_fate fate_of(std::int64_t job_id) override;
  std::vector<chunk> buffered_chunks(const std::string& document_id) override;
  std::vector<chunk> chunks(const std::string& document_id, std::int64_t from,
                            std::int64_t limit) override;
  std::int64_t count_embedded(const std::string& document_id, const std::string& embedder) override;
  std::vector<chunk> chunks_to_embed(const std::string& document_id, const std::string& embedder,
                                     std::int64_t limit) override;
  std::vector<embedding> buffered_embeddings(const std::string& document_id,
                                             const std::string& embedder) override;

 private:
  std::unique_ptr<storage::connection_pool> pool_;
};

}  // namespace millrace::ingest
