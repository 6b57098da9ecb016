#pragma once

#include "ingest/effects.hpp"
#include "ingest/interfaces.hpp"
#include "tests/support/sample_files.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// What surrounds  the ingest stages, in memory or in a temporary folder.
namespace millrace::ingest::fakes {

/// Blobs as files in a folder, with a count of what was put.
class folder_blobs final : public blobs {
 public:
  void put(const std::string& uri, std::string_view bytes) override {
    ++puts;
    folder_.write(file_of(uri), bytes);
    stored_[uri] = std::string{bytes};
  }
  std::optional<std::string> get(const std::string& uri) override {
    const auto at = stored_.find(uri);
    return at == stored_.end() ? std::nullopt : std::optional{at->second};
  }
  std::string path(const std::string& uri) override {
    return (folder_.path() / file_of(uri)).string();
  }
  void lose(const std::string& uri) {
    stored_.erase(uri);
    std::filesystem::remove(path(uri));
  }

  int puts = 0;

 private:
  static std::string file_of(std::string uri) {
    std::replace(uri.begin(), uri.end(), '/', '_');
    return uri;
  }

  tests::temp_dir folder_;
  std::map<std::string, std::string> stored_;
};

/// The documents that a test says there are.
class known_documents final : public documents {
 public:
  std::optional<document> find(const std::string& id) override {
    const auto at = rows.find(id);
    return at == rows.end() ? std::nullopt : std::optional{at->second};
  }
  job_fate fate_of(std::int64_t job_id) override {
    const auto at = fates.find(job_id);
    return at == fates.end() ? job_fate::failed : at->second;
  }
  std::vector<chunk> buffered_chunks(const std::string&) override { return {}; }
  std::vector<chunk> chunks(const std::string&, std::int64_t, std::int64_t) override { return {}; }
  std::int64_t count_embedded(const std::string&, const std::string&) override { return 0; }
  std::vector<chunk> chunks_to_embed(const std::string&, const std::string&,
                                     std::int64_t) override {
    return {};
  }
  std::vector<embedding> buffered_embeddings(const std::string&, const std::string&) override {
    return {};
  }

  std::map<std::string, document> rows;
  std::map<std::int64_t, job_fate> fates;
};

/// The code of a result that is a reject, a retry or a finish; empty for anything else.
template <class... Results>
std::string code_of(const std::variant<Results...>& result) {
  return std::visit(
      [](const auto& what) -> std::string {
        if constexpr (requires { what.code; })
          return what.code;
        else
          return {};
      },
      result);
}

/// The first effect of the kind that the outcome writes. Throws when it writes none.
template <class Effect>
Effect effect_of(const outcome& what) {
  for (const auto& effect : std::get<advance>(what).effects) {
    const Effect* wanted = nullptr;
    if constexpr (std::is_same_v<Effect, ingest::effects::write_output>)
      wanted = std::get_if<Effect>(&effect);
    else
      wanted = effect_as<Effect>(effect);
    if (wanted != nullptr)
      return *wanted;
  }
  throw std::runtime_error{"no such effect"};
}

}  // namespace millrace::ingest::fakes
