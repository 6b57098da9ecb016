#include "app/commands/submit/line_reader.hpp"

#include "app/error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace millrace::app {
namespace {

error unreadable(const std::string& path, int why) {
  return {exit_code::no, fmt::format("cannot read {}", path == "-" ? "stdin" : path),
          std::strerror(why), "name a file that can be read, or `-` for stdin"};
}

}  // namespace

void line_reader::closer::operator()(std::FILE* file) const {
  if (file != stdin)
    std::fclose(file);
}

line_reader::line_reader(std::string path)
    : path_{std::move(path)}, file_{path_ == "-" ? stdin : std::fopen(path_.c_str(), "re")} {
  if (!file_)
    throw unreadable(path_, errno);
}

bool line_reader::next(std::string& line) {
  constexpr std::size_t piece = std::size_t{64} << 10;
  line.clear();
  for (;;) {
    const auto end = buffer_.find('\n', at_);
    const auto size = (end == std::string::npos ? buffer_.size() : end + 1) - at_;
    line.append(buffer_, at_, size);
    at_ += size;
    if (end != std::string::npos || line.size() > longest)
      return true;
    buffer_.resize(piece);
    at_ = 0;
    errno = 0;
    buffer_.resize(std::fread(buffer_.data(), 1, piece, file_.get()));
    if (std::ferror(file_.get()) != 0)
      throw unreadable(path_, errno);
    if (buffer_.empty())
      return !line.empty();
  }
}

}  // namespace millrace::app
