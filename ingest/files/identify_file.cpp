#include "ingest/files/identify_file.hpp"

#include "base/digest.hpp"
#include "base/os/unique_fd.hpp"
#include "base/unicode/utf8.hpp"
#include "ingest/files/allowed_paths.hpp"
#include "pipeline/api.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

namespace millrace::ingest {
namespace {

reject refuse(std::string_view code, std::string why) {
  return {std::string{code}, std::move(why)};
}

std::string message_of(int error) { return std::generic_category().message(error); }

std::string name_of(std::string_view path) {
  return std::string{path.substr(path.find_last_of('/') + 1)};
}

std::optional<reject> check_name(std::string_view path, std::string_view name,
                                 const intake_settings& settings) {
  if (utf8::count(path).broken > 0)
    return refuse(codes::FILE_NAME_INVALID, "the file's path is not UTF-8");
  for (std::size_t at = 0; at < name.size();) {
    const auto next = utf8::decode(name, at);
    if (next.code < 0x20 || (next.code >= 0x7F && next.code < 0xA0))
      return refuse(codes::FILE_NAME_INVALID,
                    fmt::format("the file's name has the control character U+{:04X}",
                                static_cast<unsigned>(next.code)));
    at += next.size;
  }
  if (const auto length = utf8::count(name).points; length > settings.max_name_length)
    return refuse(codes::FILE_NAME_INVALID,
                  fmt::format("the file's name has {} characters, the limit is {}", length,
                              settings.max_name_length));
  return std::nullopt;
}

/// Why the file cannot be opened or read; throws when that is not the file's fault.
reject explain(int error, const std::string& path) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return refuse(codes::FILE_MISSING, fmt::format("{} does not exist", path));
    case EISDIR:
    case ENXIO:
    case ENODEV:
      return refuse(codes::FILE_NOT_REGULAR, fmt::format("{} is not a file", path));
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      throw std::system_error{error, std::generic_category(), "cannot read " + path};
    default:
      return refuse(codes::FILE_UNREADABLE,
                    fmt::format("{} cannot be read: {}", path, message_of(error)));
  }
}

std::string kind_of(mode_t mode) {
  if (S_ISDIR(mode))
    return "directory";
  if (S_ISFIFO(mode))
    return "pipe";
  if (S_ISSOCK(mode))
    return "socket";
  return "device";
}

reject too_large(const std::string& path, const intake_settings& settings) {
  return refuse(codes::FILE_TOO_LARGE,
                fmt::format("{} is larger than {} bytes", path, settings.max_file_size));
}

/// Reads to the end, wherever the size said that it is: a file may grow, and those of /proc say 0.
/// Answers 0 or an errno.
int read_to_end(int fd, std::string& into, std::size_t limit) {
  std::size_t used = 0;
  into.resize(std::max<std::size_t>(into.size(), 1));
  for (;;) {
    const auto count = ::read(fd, into.data() + used, into.size() - used);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return errno;
    used += static_cast<std::size_t>(count);
    if (count == 0 || used > limit)
      break;
    if (used == into.size())
      into.resize(std::min(2 * used + 4096, limit + 1));
  }
  into.resize(used);
  return 0;
}

/// Makes known by its bytes what was read. `path` is for people.
std::variant<identified_file, reject> measure(identified_file file, const std::string& path,
                                              const intake_settings& settings) {
  file.size_bytes = static_cast<std::int64_t>(file.bytes.size());
  if (file.bytes.empty())
    return refuse(codes::FILE_EMPTY, fmt::format("{} is empty", path));
  if (file.size_bytes > settings.max_file_size)
    return too_large(path, settings);
  file.sha256 = sha256_hex(file.bytes);
  return file;
}

}  // namespace

reject not_allowed(const std::string& path) {
  return refuse(
      codes::FILE_NOT_ALLOWED,
      fmt::format("{} is in no folder of ingest.allowed_paths, and the job was not made by "
                  "`millrace submit FILE` with the storage.blob_dir of this runtime",
                  path));
}

reject blob_not_allowed(const std::string& uri) {
  return refuse(
      codes::FILE_NOT_ALLOWED,
      fmt::format("{} is named by a job that was not made by an upload over HTTP with the "
                  "storage.blob_dir of this runtime",
                  uri));
}

std::variant<identified_file, reject> identify_bytes(std::string name, std::string bytes,
                                                     const intake_settings& settings) {
  if (name.empty())
    return refuse(codes::FILE_NAME_INVALID, "the file has no name");
  if (auto wrong = check_name(name, name, settings))
    return *std::move(wrong);
  const auto told = name;
  return measure(
      {.name = std::move(name), .bytes = std::move(bytes), .size_bytes = 0, .sha256 = {}}, told,
      settings);
}

std::variant<identified_file, reject> identify_file(const std::string& path,
                                                    const intake_settings& settings,
                                                    file_reach reach) {
  identified_file file{.name = name_of(path), .bytes = {}, .size_bytes = 0, .sha256 = {}};
  if (auto wrong = check_name(path, file.name, settings))
    return *std::move(wrong);

  // Looked at before it is opened: that alone does something to a device.
  const unique_fd there{reach == file_reach::anywhere ? -1
                                                      : ::open(path.c_str(), O_PATH | O_CLOEXEC)};
  if (reach == file_reach::allowed_paths) {
    if (!there)
      return explain(errno, path);
    if (!lies_below(settings.allowed_paths, there.get()))
      return not_allowed(path);
  }
  // Not to block on a pipe, and not to take a terminal over.
  const auto where = there ? fmt::format("/proc/self/fd/{}", there.get()) : path;
  const unique_fd file_at{::open(where.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (!file_at)
    return explain(errno, path);
  const int fd = file_at.get();

  struct stat about {};
  if (::fstat(fd, &about) != 0)
    return explain(errno, path);
  if (!S_ISREG(about.st_mode))
    return refuse(codes::FILE_NOT_REGULAR,
                  fmt::format("{} is a {}, not a file", path, kind_of(about.st_mode)));
  if (about.st_size > settings.max_file_size)
    return too_large(path, settings);

  file.bytes.resize(static_cast<std::size_t>(about.st_size) + 1);
  if (const int error =
          read_to_end(fd, file.bytes, static_cast<std::size_t>(settings.max_file_size)))
    return explain(error, path);
  return measure(std::move(file), path, settings);
}

}  // namespace millrace::ingest
