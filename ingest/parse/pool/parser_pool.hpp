#pragma once

#include "base/os/subprocess.hpp"
#include "ingest/parse/pool/messages.hpp"
#include "ingest/settings.hpp"

#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

namespace millrace::ingest::pool {

class parser_worker;

/// The parser processes of a runtime: as many as files are read at once, each started when no other
/// is free. They stay for the next file; one that was not done in time is replaced. All end with
/// this. From any thread.
class parser_pool {
 public:
  explicit parser_pool(parser_settings settings);
  ~parser_pool();
  parser_pool(const parser_pool&) = delete;
  parser_pool& operator=(const parser_pool&) = delete;

  const parser_settings& settings() const { return settings_; }

  /// Reads the file that is open there, within the time limit of the settings; as os::run() of the
  /// parser.
  os::command_result read(const request& what, const unique_fd& file, const std::stop_token& stop);

  /// Processes that wait for a file.
  std::vector<pid_t> idle() const;

 private:
  std::unique_ptr<parser_worker> take();
  void give_back(std::unique_ptr<parser_worker> worker);

  const parser_settings settings_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<parser_worker>> idle_;
};

}  // namespace millrace::ingest::pool
