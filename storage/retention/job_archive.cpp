#include "storage/retention/job_archive.hpp"

#include "base/iso8601.hpp"
#include "base/os/unique_fd.hpp"
#include "storage/db/files.hpp"
#include "storage/history/job_history.hpp"
#include "storage/history/job_json.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

namespace millrace::storage {
namespace {

constexpr std::string_view doing = "cannot archive jobs";

std::string name_of_day(time_point now) {
  constexpr std::size_t date = 10;
  return fmt::format("jobs-{}.jsonl", to_iso8601(now).substr(0, date));
}

/// A file of lines, held until it is closed so that no other process writes to it.
class line_file {
 public:
  explicit line_file(std::filesystem::path path)
      : path_(std::move(path)),
        fd_(::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600)) {
    struct stat about {};
    if (!fd_ || lock() != 0 || ::fstat(fd_.get(), &about) != 0)
      fail();
    size_ = end_of_lines(about.st_size);
    if (size_ != about.st_size && ::ftruncate(fd_.get(), size_) != 0)
      fail();
  }

  bool is_new() const { return size_ == 0; }

  /// All of it, durably, or nothing.
  void append(std::string_view lines) {
    try {
      write(lines);
      if (::fsync(fd_.get()) != 0)
        fail();
    } catch (const error&) {
      // Should that fail too, the next writer cuts what is not a whole line.
      if (::ftruncate(fd_.get(), size_) == 0)
        ::fsync(fd_.get());
      throw;
    }
  }

 private:
  [[noreturn]] void fail() const { throw file_error(doing, path_, errno); }

  int lock() const {
    int result = 0;
    do
      result = ::flock(fd_.get(), LOCK_EX);
    while (result != 0 && errno == EINTR);
    return result;
  }

  /// Where the last whole line ends: a process that died while it wrote left the beginning of one,
  /// whose job is still in the database.
  off_t end_of_lines(off_t size) const {
    std::array<char, 65536> block{};
    while (size > 0) {
      const auto from = std::max<off_t>(0, size - static_cast<off_t>(block.size()));
      const auto count =
          ::pread(fd_.get(), block.data(), static_cast<std::size_t>(size - from), from);
      if (count <= 0)
        fail();
      for (auto i = count; i > 0; --i)
        if (block.at(static_cast<std::size_t>(i) - 1) == '\n')
          return from + i;
      size = from;
    }
    return 0;
  }

  void write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto written = ::write(fd_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        fail();
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  std::filesystem::path path_;
  unique_fd fd_;
  off_t size_ = 0;
};

}  // namespace

void job_archive::add(connection& on, const std::vector<listed_job>& jobs, time_point now) {
  const auto is_in = [](const std::vector<listed_job>& all, const listed_job& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  std::vector<job_id> missing;
  for (const auto& one : jobs)
    if (!is_in(written_, one))
      missing.push_back(one.id);
  auto rows = find_jobs(on, missing);
  std::erase_if(rows, [&](const auto& row) { return !is_in(jobs, {row.id, row.epoch}); });
  const auto histories = list_events_of_ended(on, rows);
  std::string lines;
  for (const auto& row : rows) {
    const auto history = histories.find(row.id);
    lines += in_one_line(
        describe(row, history == histories.end() ? std::vector<event_record>{} : history->second));
    lines += '\n';
  }
  if (!lines.empty())
    append(lines, now);
  written_ = jobs;
}

void job_archive::append(std::string_view lines, time_point now) {
  make_private_folders(folder_);
  line_file file{folder_ / name_of_day(now)};
  if (file.is_new())
    sync_folder(folder_);
  file.append(lines);
}

}  // namespace millrace::storage
