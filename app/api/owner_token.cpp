#include "app/api/owner_token.hpp"

#include "storage/db/secret_file.hpp"

namespace millrace::app::api {

std::filesystem::path owner_token_file(const std::filesystem::path& data_dir) {
  return data_dir / "owner.token";
}

std::string owner_token(const std::filesystem::path& data_dir) {
  return storage::read_or_make_secret_file(
      {owner_token_file(data_dir), "cannot use the owner's token", "delete it: another is made"});
}

}  // namespace millrace::app::api
