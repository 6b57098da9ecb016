#include "app/commands/submit/collect_files.hpp"

#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

void move_to(std::vector<left_out>& to, std::vector<left_out> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

void collect_folder(const fs::path& folder, const ingest::walk_rules& rules,
                    collected_files& into) {
  auto found = ingest::walk_folder(folder, rules);
  for (auto& one : found.files)
    into.files.push_back(std::move(one.path));
  move_to(into.skipped, std::move(found.skipped));
  move_to(into.skipped, std::move(found.unreadable));
  into.ignored += found.ignored;
}

}  // namespace

collected_files collect_files(const std::vector<std::string>& paths,
                              const ingest::walk_rules& rules) {
  collected_files all;
  for (const auto& one : paths) {
    const fs::path path{one};
    std::error_code failure;
    const auto status = fs::status(path, failure);
    if (status.type() == fs::file_type::not_found)
      all.missing.push_back({one, "it does not exist"});
    else if (status.type() == fs::file_type::directory)
      collect_folder(fs::canonical(path), rules, all);
    else
      all.files.push_back(fs::absolute(path).lexically_normal().string());
  }
  return all;
}

}  // namespace millrace::app
