#include "storage/runtimes/crash_journal.hpp"

#include "base/check.hpp"
#include "base/os/unique_fd.hpp"
#include "storage/db/files.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <fstream>
#include <iterator>
#include <mutex>

namespace millrace::storage {
namespace {

using slot = std::atomic<pipeline::job_id>;
static_assert(slot::is_always_lock_free && sizeof(slot) == sizeof(pipeline::job_id));

constexpr auto journal_name = "in_hand.journal";
constexpr auto opening_journal = "cannot open the journal of jobs in hand";
/// Behind the slots stands the runtime: its identity, and when it took it.
constexpr auto runtime_slot = crash_journal::slots;
constexpr auto started_slot = crash_journal::slots + 1;
constexpr auto file_size = (crash_journal::slots + 2) * sizeof(slot);

}  // namespace

/// The mapped file, and which of its slots are free.
struct crash_journal::file {
  explicit file(const std::filesystem::path& path) {
    const unique_fd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    struct stat about {};
    if (!fd || ::fstat(fd.get(), &about) != 0)
      throw file_error(opening_journal, path, errno);
    existed = static_cast<std::size_t>(about.st_size) == file_size;
    // Blocks are taken now: a page that finds no room later would kill the process.
    const int no_room = ::posix_fallocate(fd.get(), 0, file_size);
    if (no_room != 0)
      throw file_error(opening_journal, path, no_room);
    auto* memory = ::mmap(nullptr, file_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
    if (memory == MAP_FAILED)
      throw file_error(opening_journal, path, errno);
    mapped = static_cast<slot*>(memory);
    for (std::size_t i = slots; i > 0; --i)
      free.push_back(i - 1);
  }
  ~file() { ::munmap(mapped, file_size); }
  file(const file&) = delete;
  file& operator=(const file&) = delete;

  bool existed = false;
  slot* mapped = nullptr;
  std::mutex mutex;
  std::condition_variable has_free;
  std::vector<std::size_t> free;
};

crash_journal::crash_journal(const std::filesystem::path& data_dir)
    : file_(std::make_unique<file>(data_dir / journal_name)) {
  if (!file_->existed)
    return;
  const auto read = [&](std::size_t at) {
    return file_->mapped[at].load(std::memory_order_relaxed);
  };
  if (const auto runtime = read(runtime_slot); runtime != 0)
    runtime_before_ = {runtime, from_us(read(started_slot))};
  before_.emplace();
  for (std::size_t i = 0; i < slots; ++i)
    if (const auto job = read(i); job != 0)
      before_->push_back(job);
}

crash_journal::~crash_journal() = default;

void crash_journal::clear() {
  for (std::size_t i = 0; i < slots; ++i)
    file_->mapped[i].store(0, std::memory_order_relaxed);
}

void crash_journal::become(const runtime_key& runtime) {
  file_->mapped[started_slot].store(to_us(runtime.started_at), std::memory_order_relaxed);
  file_->mapped[runtime_slot].store(runtime.id, std::memory_order_relaxed);
}

void crash_journal::take(std::size_t at, pipeline::job_id job) {
  MILLRACE_CHECK(at < slots);
  file_->mapped[at].store(job, std::memory_order_relaxed);
}

std::size_t crash_journal::acquire_slot() {
  std::unique_lock guard{file_->mutex};
  file_->has_free.wait(guard, [this] { return !file_->free.empty(); });
  const auto at = file_->free.back();
  file_->free.pop_back();
  return at;
}

void crash_journal::release_slot(std::size_t at) {
  take(at, 0);
  {
    const std::scoped_lock guard{file_->mutex};
    file_->free.push_back(at);
  }
  file_->has_free.notify_one();
}

std::optional<jobs_in_hand> read_journal(const std::filesystem::path& data_dir) {
  std::vector<pipeline::job_id> read(file_size / sizeof(pipeline::job_id));
  std::ifstream in{data_dir / journal_name, std::ios::binary};
  if (!in.read(reinterpret_cast<char*>(read.data()), file_size))
    return std::nullopt;
  jobs_in_hand seen{read[runtime_slot], {}};
  read.resize(crash_journal::slots);
  std::copy_if(read.begin(), read.end(), std::back_inserter(seen.jobs),
               [](auto job) { return job != 0; });
  return seen;
}

}  // namespace millrace::storage
