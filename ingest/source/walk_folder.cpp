#include "ingest/source/walk_folder.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace millrace::ingest {
namespace {

namespace fs = std::filesystem;

/// What is never meant: hidden files (`.git`, `.DS_Store`, locks of office programs), what package
/// managers and compilers put there, and what editors and downloads leave half written.
constexpr std::string_view never_meant = R"(
.*
node_modules/
__pycache__/
lost+found/
$RECYCLE.BIN/
System Volume Information/
Thumbs.db
desktop.ini
*~
\#*\#
~$*
*.tmp
*.temp
*.swp
*.swo
*.part
*.partial
*.crdownload
*.pyc
)";

/// No file of rules that a person wrote is larger.
constexpr std::size_t most_rules = std::size_t{1} << 20;

ignore_rules read_rules(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::string text;
  std::array<char, 4096> buffer{};
  while (in && text.size() < most_rules) {
    in.read(buffer.data(), buffer.size());
    text.append(buffer.data(), static_cast<std::size_t>(in.gcount()));
  }
  return ignore_rules{text};
}

/// The rules of a folder and of those above it.
struct rule_level {
  const rule_level* above = nullptr;
  /// Where the names of the folder begin in the path of a file.
  std::size_t begin = 0;
  ignore_rules git{};
  ignore_rules own{};

  std::optional<bool> decide(const ignore_rules rule_level::*which, const std::string& path,
                             bool is_folder) const {
    for (const auto* level = this; level != nullptr; level = level->above)
      if (const auto verdict =
              (level->*which).decide(std::string_view{path}.substr(level->begin), is_folder))
        return verdict;
    return std::nullopt;
  }
};

std::string why_skipped(const struct stat& about, bool is_link, int failure) {
  if (failure != 0)
    return is_link && failure == ENOENT ? "it is a link to nothing"
                                        : std::generic_category().message(failure);
  if (S_ISDIR(about.st_mode))
    return "it is a link to a folder";
  if (S_ISFIFO(about.st_mode))
    return "it is a pipe";
  if (S_ISSOCK(about.st_mode))
    return "it is a socket";
  return S_ISCHR(about.st_mode) || S_ISBLK(about.st_mode) ? "it is a device" : "it is no file";
}

std::int64_t nanoseconds(const timespec& at) {
  return static_cast<std::int64_t>(at.tv_sec) * 1'000'000'000 + at.tv_nsec;
}

found_file describe_file(std::string path, const struct stat& about) {
  const auto modified = nanoseconds(about.st_mtim);
  const auto changed = nanoseconds(about.st_ctim);
  return {std::move(path),
          fmt::format("{}:{}:{}:{}", about.st_size, modified, changed, about.st_ino),
          std::max(modified, changed)};
}

class walk {
 public:
  walk(const fs::path& root, const walk_rules& rules)
      : rules_{rules}, never_{never_meant}, begin_{root.string().size() + 1} {
    read(root.string(), nullptr);
  }

  found_files finish() { return std::move(found_); }

 private:
  void read(const std::string& folder, const rule_level* above) {
    auto names = names_of(folder);
    if (!names)
      return;
    found_.folders.push_back(folder);
    rule_level here{above, folder.size() + 1, {}, {}};
    if (!rules_.all) {
      if (std::binary_search(names->begin(), names->end(), ".gitignore"))
        here.git = read_rules(folder + "/.gitignore");
      if (std::binary_search(names->begin(), names->end(), ".millraceignore"))
        here.own = read_rules(folder + "/.millraceignore");
    }
    for (const auto& name : *names)
      look_at(folder + '/' + name, here);
  }

  std::optional<std::vector<std::string>> names_of(const std::string& folder) {
    const std::unique_ptr<DIR, int (*)(DIR*)> open{::opendir(folder.c_str()), &::closedir};
    int failure = open ? 0 : errno;
    std::vector<std::string> names;
    while (failure == 0) {
      errno = 0;
      const auto* entry = ::readdir(open.get());
      failure = errno;
      if (entry == nullptr)
        break;
      if (const std::string_view name = entry->d_name; name != "." && name != "..")
        names.emplace_back(name);
    }
    if (failure != 0) {
      found_.unreadable.push_back({folder, std::generic_category().message(failure)});
      return std::nullopt;
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  void look_at(std::string path, const rule_level& here) {
    struct stat about {};
    int failure = ::lstat(path.c_str(), &about) == 0 ? 0 : errno;
    // It was there a moment ago.
    if (failure == ENOENT)
      return;
    const bool is_link = failure == 0 && S_ISLNK(about.st_mode);
    const bool is_folder = failure == 0 && S_ISDIR(about.st_mode);
    if (is_left_out(path, is_folder, here)) {
      ++found_.ignored;
      return;
    }
    if (is_folder)
      return read(path, &here);
    if (is_link && ::stat(path.c_str(), &about) != 0)
      failure = errno;
    if (failure == 0 && S_ISREG(about.st_mode))
      found_.files.push_back(describe_file(std::move(path), about));
    else
      found_.skipped.push_back({path, why_skipped(about, is_link, failure)});
  }

  bool is_left_out(const std::string& path, bool is_folder, const rule_level& here) const {
    const auto below = std::string_view{path}.substr(begin_);
    if (rules_.exclude.decide(below, is_folder).value_or(false))
      return true;
    if (!is_folder && !rules_.include.empty() &&
        !rules_.include.decide(below, false).value_or(false))
      return true;
    if (rules_.all)
      return false;
    if (const auto own = here.decide(&rule_level::own, path, is_folder))
      return *own;
    return never_.decide(below, is_folder).value_or(false) ||
           here.decide(&rule_level::git, path, is_folder).value_or(false);
  }

  const walk_rules& rules_;
  const ignore_rules never_;
  const std::size_t begin_;
  found_files found_;
};

}  // namespace

found_files walk_folder(const fs::path& folder, const walk_rules& rules) {
  return walk{folder, rules}.finish();
}

}  // namespace millrace::ingest
