#include "tests/simulation/faulty_files.hpp"

#include "base/check.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <cstring>
#include <utility>

namespace millrace::simulation {
namespace {

file_hook hook;
sqlite3_vfs* real_vfs = nullptr;

/// What SQLite allocates for a file: ours, and behind it the real one's.
struct watched_file {
  sqlite3_file base;
  bool is_watched;
  /// It was taken from it.
  bool has_lost_lock;
};
sqlite3_file* writer = nullptr;

constexpr std::size_t own_size =
    (sizeof(watched_file) + alignof(std::max_align_t) - 1) & ~(alignof(std::max_align_t) - 1);

sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + own_size);
}

int ask(sqlite3_file* file, file_operation what) {
  return hook && reinterpret_cast<watched_file*>(file)->is_watched ? hook(what) : SQLITE_OK;
}

int close(sqlite3_file* f) {
  if (writer == f)
    writer = nullptr;
  return real(f)->pMethods->xClose(real(f));
}
int read(sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
  const int code = ask(f, file_operation::read);
  return code != SQLITE_OK ? code : real(f)->pMethods->xRead(real(f), to, size, at);
}
int write(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
  const int code = ask(f, file_operation::write);
  return code != SQLITE_OK ? code : real(f)->pMethods->xWrite(real(f), from, size, at);
}
int truncate(sqlite3_file* f, sqlite3_int64 size) {
  return real(f)->pMethods->xTruncate(real(f), size);
}
int sync(sqlite3_file* f, int) { return ask(f, file_operation::sync); }
int file_size(sqlite3_file* f, sqlite3_int64* size) {
  return real(f)->pMethods->xFileSize(real(f), size);
}
int lock(sqlite3_file* f, int how) { return real(f)->pMethods->xLock(real(f), how); }
int unlock(sqlite3_file* f, int how) { return real(f)->pMethods->xUnlock(real(f), how); }
int check_lock(sqlite3_file* f, int* is) {
  return real(f)->pMethods->xCheckReservedLock(real(f), is);
}
int control(sqlite3_file* f, int what, void* with) {
  return real(f)->pMethods->xFileControl(real(f), what, with);
}
int sector_size(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
int device(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** to) {
  return real(f)->pMethods->xShmMap(real(f), page, size, extend, to);
}
int shm_lock(sqlite3_file* f, int at, int count, int flags) {
  constexpr int write_lock = 0;
  const bool locks = at == write_lock && flags == (SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE);
  const bool unlocks = at == write_lock && flags == (SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE);
  if (locks)
    if (const int code = ask(f, file_operation::lock_to_write); code != SQLITE_OK)
      return code;
  auto& mine = *reinterpret_cast<watched_file*>(f);
  if (unlocks && std::exchange(mine.has_lost_lock, false))
    return ask(f, file_operation::unlocked);
  const int code = real(f)->pMethods->xShmLock(real(f), at, count, flags);
  if (code != SQLITE_OK || count != 1)
    return code;
  if (locks) {
    writer = f;
    ask(f, file_operation::locked_to_write);
  } else if (unlocks) {
    writer = nullptr;
    ask(f, file_operation::unlocked);
  }
  return code;
}
void shm_barrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
int shm_unmap(sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); }

const sqlite3_io_methods methods{2,           close,       read,    write,   truncate,
                                 sync,        file_size,   lock,    unlock,  check_lock,
                                 control,     sector_size, device,  shm_map, shm_lock,
                                 shm_barrier, shm_unmap,   nullptr, nullptr};

int open(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* out) {
  auto* const mine = reinterpret_cast<watched_file*>(f);
  mine->base.pMethods = nullptr;
  mine->has_lost_lock = false;
  mine->is_watched = (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0;
  std::memset(static_cast<void*>(real(f)), 0, static_cast<std::size_t>(real_vfs->szOsFile));
  const int code = real_vfs->xOpen(real_vfs, name, real(f), flags, out);
  if (real(f)->pMethods != nullptr)
    mine->base.pMethods = &methods;
  return code;
}

}  // namespace

bool is_write_locked() { return writer != nullptr; }

void take_write_lock() {
  MILLRACE_CHECK(writer != nullptr);
  auto* const from = std::exchange(writer, nullptr);
  reinterpret_cast<watched_file*>(from)->has_lost_lock = true;
  MILLRACE_CHECK(real(from)->pMethods->xShmLock(
                     real(from), 0, 1, SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE) == SQLITE_OK);
}

void watch_files(file_hook with) {
  hook = std::move(with);
  if (real_vfs != nullptr)
    return;
  real_vfs = sqlite3_vfs_find(nullptr);
  MILLRACE_CHECK(real_vfs != nullptr);
  static sqlite3_vfs watching = *real_vfs;
  watching.zName = "watched";
  watching.szOsFile = static_cast<int>(own_size) + real_vfs->szOsFile;
  watching.xOpen = open;
  MILLRACE_CHECK(sqlite3_vfs_register(&watching, 1) == SQLITE_OK);
}

}  // namespace millrace::simulation
