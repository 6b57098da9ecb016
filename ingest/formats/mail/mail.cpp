#include "ingest/formats/mail/message.hpp"

#include <algorithm>
#include <string>

namespace millrace::ingest::formats {
namespace {

/// Mailboxes quote lines of messages that begin as a message does.
std::string unquoted(std::string_view message) {
  std::string out;
  for (auto at = message.find("\n>From "); at != std::string_view::npos;
       at = message.find("\n>From ")) {
    out += message.substr(0, at + 1);
    message.remove_prefix(at + 2);
  }
  return out.append(message);
}

template <class Read>
mail read_guarded(const read_limits& limits, html_reader html, Read&& read) {
  mail_reading to{.limits = limits, .html = html, .bytes_left = limits.max_total_bytes};
  try {
    read(to);
  } catch (cannot_read& e) {
    return {std::move(e.why), {}, {}};
  }
  return {std::move(to.text), std::move(to.attachments), std::move(to.left_out)};
}

}  // namespace

mail read_eml(std::string_view bytes, const read_limits& limits, html_reader html) {
  return read_guarded(limits, html, [&](mail_reading& to) { read_message(bytes, true, "", to); });
}

mail read_mbox(std::string_view bytes, const read_limits& limits, html_reader html) {
  return read_guarded(limits, html, [&](mail_reading& to) {
    std::size_t number = 0;
    while (!bytes.empty()) {
      // A line that begins so after a blank one begins the next message.
      auto end = bytes.find("\nFrom ", bytes.starts_with("From ") ? 5 : 0);
      while (end != std::string_view::npos && end > 0 && bytes[end - 1] != '\n' &&
             !bytes.substr(0, end).ends_with("\n\r"))
        end = bytes.find("\nFrom ", end + 1);
      auto one = bytes.substr(0, end);
      bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
      if (one.starts_with("From "))
        one.remove_prefix(std::min(one.find('\n'), one.size() - 1) + 1);
      if (one.empty())
        continue;
      if (++number > limits.max_members)
        fail("FILE_EXPANDS_TOO_MUCH", "the mailbox has too many messages: split it");
      read_message(unquoted(one), true, std::to_string(number), to);
    }
  });
}

tree::read_result read_mhtml(std::string_view bytes, const read_limits& limits, html_reader html) {
  // Of a page and its pictures and styles, the page is the document.
  return read_guarded(limits, html, [&](mail_reading& to) { read_message(bytes, false, "", to); })
      .text;
}

}  // namespace millrace::ingest::formats
