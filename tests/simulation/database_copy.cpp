#include "tests/simulation/database_copy.hpp"

#include "base/check.hpp"

#include <sqlite3.h>

#include <memory>

namespace millrace::simulation {
namespace {

struct closer {
  void operator()(sqlite3* on) const { sqlite3_close(on); }
};
using handle = std::unique_ptr<sqlite3, closer>;

handle open(const std::filesystem::path& at) {
  sqlite3* on = nullptr;
  MILLRACE_CHECK(sqlite3_open(at.c_str(), &on) == SQLITE_OK);
  return handle{on};
}

bool copy_pages(const std::filesystem::path& from, const std::filesystem::path& to) {
  const auto source = open(from);
  const auto target = open(to);
  auto* const backup = sqlite3_backup_init(target.get(), "main", source.get(), "main");
  MILLRACE_CHECK(backup != nullptr);
  sqlite3_backup_step(backup, -1);
  return sqlite3_backup_finish(backup) == SQLITE_OK;
}

}  // namespace

database_copy::database_copy(const std::filesystem::path& of)
    : of_(of), kept_(of.string() + ".copy") {
  MILLRACE_CHECK(copy_pages(of_, kept_));
}

bool database_copy::put_back() const { return copy_pages(kept_, of_); }

}  // namespace millrace::simulation
