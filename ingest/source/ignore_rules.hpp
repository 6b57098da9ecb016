#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::ingest {

/// Patterns as git has them in `.gitignore`: `*`, `?`, `[a-z]` within a name, `**` for any folders,
/// `!` takes back, `/` at the end means folders only, and anywhere else ties the pattern to the
/// folder of the file. Of several that match the last one decides.
class ignore_rules {
 public:
  ignore_rules() = default;
  /// One pattern a line; `#` begins a comment.
  explicit ignore_rules(std::string_view text);

  bool empty() const { return rules_.empty(); }

  /// Whether the path, relative to the folder of the rules, is ignored; nothing where no pattern
  /// matches. Whether a folder above it is ignored is for the caller to know.
  std::optional<bool> decide(std::string_view path, bool is_folder) const;

 private:
  struct rule {
    std::vector<std::string> parts{};
    bool takes_back = false;
    bool only_folders = false;
  };

  void add(std::string_view line);

  std::vector<rule> rules_;
};

}  // namespace millrace::ingest
