#include "ingest/store/blob_store.hpp"

#include "base/check.hpp"
#include "storage/db/files.hpp"
#include "storage/db/temporary_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace millrace::ingest {
namespace {

constexpr std::string_view scheme = "storage://";
constexpr auto writing = "cannot store a file";
constexpr auto reading = "cannot read a stored file";

/// Whether the path stays below the folder that it is relative to, and names a file there.
bool stays_inside(std::string_view path) {
  if (path.find('\0') != std::string_view::npos)
    return false;
  for (;;) {
    const auto slash = path.find('/');
    const auto part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..")
      return false;
    if (slash == std::string_view::npos)
      return true;
    path.remove_prefix(slash + 1);
  }
}

/// What fails for want of room may succeed later; all else is for a person to mend.
template <class Work>
auto unless_unavailable(Work work) {
  try {
    return work();
  } catch (const storage::error& e) {
    if (e.kind() == storage::error_kind::full || e.kind() == storage::error_kind::transient)
      throw;
    throw unavailable{e.summary(), e.why(), e.next()};
  }
}

}  // namespace

std::string blob_store::path(const std::string& uri) {
  MILLRACE_CHECK(uri.starts_with(scheme));
  const auto relative = std::string_view{uri}.substr(scheme.size());
  MILLRACE_CHECK(stays_inside(relative));
  return (root_ / relative).string();
}

void blob_store::put(const std::string& uri, std::string_view bytes) {
  const std::filesystem::path blob = path(uri);
  unless_unavailable([&] {
    storage::make_private_folders(blob.parent_path());
    storage::temporary_file file{blob, writing};
    file.write(bytes);
    file.replace_target();
    storage::sync_folder(blob.parent_path());
  });
}

void blob_store::check() const {
  unless_unavailable([&] {
    for (auto folder : {root_, root_ / "raw", root_ / "parsed"}) {
      // What is not there yet will be made where there is something.
      std::error_code ignored;
      while (!std::filesystem::exists(folder, ignored) && folder.has_parent_path() &&
             folder != folder.parent_path())
        folder = folder.parent_path();
      if (!std::filesystem::is_directory(folder, ignored))
        throw storage::file_error(writing, folder, ENOTDIR);
      if (::access(folder.c_str(), W_OK | X_OK) != 0)
        throw storage::file_error(writing, folder, errno);
    }
  });
}

std::int64_t blob_store::remove_leftovers(const std::stop_token& stop) const {
  std::int64_t removed = 0;
  std::error_code failure;
  using walk = std::filesystem::recursive_directory_iterator;
  for (walk at{root_, std::filesystem::directory_options::skip_permission_denied, failure}, end;
       !failure && at != end && !stop.stop_requested(); at.increment(failure))
    if (storage::is_temporary_name(at->path().filename().string()) &&
        storage::remove_if_left(at->path()))
      ++removed;
  return removed;
}

std::optional<std::string> blob_store::get(const std::string& uri) {
  auto found = unless_unavailable([&] { return read(path(uri)); });
  if (!found)
    require_folder();
  return found;
}

bool blob_store::has(const std::string& uri) {
  std::error_code ignored;
  if (std::filesystem::exists(path(uri), ignored))
    return true;
  require_folder();
  return false;
}

/// Every document has a raw file, so without its folder the blobs are somewhere else.
void blob_store::require_folder() const {
  const auto folder = root_ / "raw";
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored))
    throw unavailable{reading, folder.string() + " is not there",
                      "mount or restore the folder of storage.blob_dir"};
}

std::optional<std::string> blob_store::read(const std::filesystem::path& blob) {
  const unique_fd fd{::open(blob.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd && (errno == ENOENT || errno == ENOTDIR))
    return std::nullopt;
  struct stat about {};
  if (!fd || ::fstat(fd.get(), &about) != 0)
    throw storage::file_error(reading, blob, errno);
  std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
  for (std::size_t done = 0; done < bytes.size();) {
    const auto got = ::read(fd.get(), bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      throw storage::file_error(reading, blob, got < 0 ? errno : EIO);
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace millrace::ingest
