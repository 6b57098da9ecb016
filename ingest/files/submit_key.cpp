#include "ingest/files/submit_key.hpp"

#include "base/error.hpp"
#include "storage/db/secret_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace millrace::ingest {
namespace {

constexpr auto using_key = "cannot use the key of submitted files";

storage::secret_file key_in(const std::filesystem::path& blob_dir) {
  return {blob_dir / "submit.key", using_key,
          "delete it: another is made, and files that wait are submitted again"};
}

}  // namespace

std::string read_submit_key(const std::filesystem::path& blob_dir) {
  const auto file = key_in(blob_dir);
  auto key = storage::read_secret_file(file);
  if (key.empty())
    throw unavailable{
        using_key,
        fmt::format("{}: {}", file.path.string(), std::generic_category().message(errno)),
        "mount or restore the folder of storage.blob_dir, which `millrace submit` uses as well"};
  return key;
}

std::string submit_key(const std::filesystem::path& blob_dir) {
  return storage::read_or_make_secret_file(key_in(blob_dir));
}

}  // namespace millrace::ingest
