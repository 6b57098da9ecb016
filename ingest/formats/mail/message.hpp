#pragma once

#include "ingest/formats/formats.hpp"

#include <string_view>

namespace millrace::ingest::formats {

/// What messages of one file share.
struct mail_reading {
  const read_limits& limits;
  html_reader html;
  tree::document text{};
  std::vector<tree::member> attachments{};
  std::vector<tree::left_out> left_out{};
  std::size_t bytes_left = 0;
};

/// Reads a message: its subject as a heading where `with_heading` says so, its text, and its
/// attachments. A message of a mailbox puts its number before its parts ("3.1.2").
void read_message(std::string_view bytes, bool with_heading, std::string_view number,
                  mail_reading& to);

}  // namespace millrace::ingest::formats
