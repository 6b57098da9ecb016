#include "net/http/server/header_scan.hpp"

namespace millrace::net {

header_scan::found header_scan::look(std::string_view text) {
  while (at_ < text.size()) {
    const char c = text[at_];
    const bool after_cr = at_ > 0 && text[at_ - 1] == '\r';
    if (after_cr != (c == '\n'))
      return found::bad_line_end;
    if (line_ > 0 && at_ == line_ && (c == ' ' || c == '\t'))
      return found::folded_line;
    ++at_;
    if (c != '\n')
      continue;
    if (at_ == line_ + 2)
      return found::end;
    if (line_ == 0)
      first_line_ = at_;
    line_ = at_;
  }
  return found::nothing_yet;
}

}  // namespace millrace::net
