#include "ingest/files/read_file.hpp"

#include <array>
#include <cstdio>
#include <memory>

namespace millrace::ingest {

std::optional<std::string> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rbe"),
                                                             std::fclose};
  if (!file)
    return std::nullopt;
  std::string bytes;
  std::array<char, 65536> buffer;
  while (const auto count = std::fread(buffer.data(), 1, buffer.size(), file.get()))
    bytes.append(buffer.data(), count);
  if (std::ferror(file.get()) != 0)
    return std::nullopt;
  return bytes;
}

}  // namespace millrace::ingest
