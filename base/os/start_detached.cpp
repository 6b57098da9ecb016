#include "base/os/start_detached.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

namespace millrace::os {

bool start_detached(std::vector<std::string> argv) {
  std::vector<char*> words;
  for (auto& word : argv)
    words.push_back(word.data());
  words.push_back(nullptr);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
  pid_t started = 0;
  const bool has_started =
      ::posix_spawnp(&started, words.front(), &files, &attributes, words.data(), environ) == 0;
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  return has_started;
}

}  // namespace millrace::os
