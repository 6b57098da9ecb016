#include "app/commands/submit/collect_files.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

namespace millrace::app {
namespace {

namespace fs = std::filesystem;

/// Why a thing in a folder is no file to submit.
std::string why_skipped(fs::file_type type, const std::error_code& failure) {
  switch (type) {
    case fs::file_type::directory:
      return "it is a link to a folder";
    case fs::file_type::not_found:
      return "it is a link to nothing";
    case fs::file_type::fifo:
      return "it is a pipe";
    case fs::file_type::socket:
      return "it is a socket";
    case fs::file_type::block:
    case fs::file_type::character:
      return "it is a device";
    default:
      return failure ? failure.message() : "it is no file";
  }
}

std::vector<fs::directory_entry> entries_of(const fs::path& folder, std::error_code& failure) {
  std::vector<fs::directory_entry> all;
  for (fs::directory_iterator at{folder, failure}; !failure && at != fs::directory_iterator{};
       at.increment(failure))
    all.push_back(*at);
  std::sort(all.begin(), all.end());
  return all;
}

void collect_folder(const fs::path& folder, collected_files& into) {
  std::error_code failure;
  const auto entries = entries_of(folder, failure);
  if (failure)
    into.skipped.push_back({folder.string(), failure.message()});
  for (const auto& entry : entries) {
    std::error_code unknown;
    const bool is_folder = entry.symlink_status(unknown).type() == fs::file_type::directory;
    const auto type = entry.status(unknown).type();
    if (is_folder)
      collect_folder(entry.path(), into);
    else if (type == fs::file_type::regular)
      into.files.push_back(entry.path().string());
    else
      into.skipped.push_back({entry.path().string(), why_skipped(type, unknown)});
  }
}

}  // namespace

collected_files collect_files(const std::vector<std::string>& paths) {
  collected_files all;
  for (const auto& one : paths) {
    const fs::path path{one};
    std::error_code failure;
    const auto status = fs::status(path, failure);
    if (status.type() == fs::file_type::not_found)
      all.missing.push_back({one, "it does not exist"});
    else if (status.type() == fs::file_type::directory)
      collect_folder(fs::canonical(path), all);
    else
      all.files.push_back(fs::absolute(path).lexically_normal().string());
  }
  return all;
}

}  // namespace millrace::app
