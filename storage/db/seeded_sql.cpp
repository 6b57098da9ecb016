#include "storage/db/seeded_sql.hpp"

#include "base/seeded_fault.hpp"

#include <map>
#include <string>

namespace millrace::storage {
namespace {

std::string_view with(std::string_view text, std::string_view right, std::string_view wrong) {
  const auto at = text.find(right);
  if (at == std::string_view::npos)
    return text;
  static std::map<std::string_view, std::string> changed;
  auto& copy = changed[text];
  copy = text;
  copy.replace(at, right.size(), wrong);
  return copy;
}

}  // namespace

std::string_view seeded_sql(std::string_view text) {
  if (MILLRACE_SEEDED_FAULT("no fence"))
    text = with(text, "epoch = :epoch", "epoch >= :epoch");
  if (MILLRACE_SEEDED_FAULT("fence without the holder"))
    text = with(text, "claimed_by, 0) = :claimed_by", "claimed_by, 0) + :claimed_by >= 0");
  if (MILLRACE_SEEDED_FAULT("claims at a paused stage"))
    text = with(text, "from stage_controls c", "from (select * from stage_controls where 0) c");
  return text;
}

}  // namespace millrace::storage
