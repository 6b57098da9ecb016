#pragma once

#include "ingest/formats/read_limits.hpp"
#include "ingest/formats/rtf/rtf_tokens.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::ingest::formats {

/// Where the text of a group goes.
enum class rtf_target { body, skip, styles, fonts, note, label, title, author };

struct rtf_group {
  rtf_target into = rtf_target::body;
  tree::span_kind kind = tree::span_kind::text;
  long font = -1;
  long fallback_size = 1;
  bool hidden = false;
  /// The group's next word may name a destination.
  bool is_new = true;
  bool is_optional = false;
};

struct rtf_paragraph_format {
  long style = 0;
  long outline = -1;
  bool in_table = false;
  long level = 0;
};

/// Reads one file of RTF.
class rtf_reader {
 public:
  explicit rtf_reader(const read_limits& limits) : limits_{limits} {}
  tree::document read(std::string_view rtf);

 private:
  void word(const rtf_token& token);
  bool destination(std::string_view name);
  void property(std::string_view name, long number);
  bool character(std::string_view name);
  void put(std::string_view utf8);
  void put_bytes(std::string_view bytes);
  void flush_bytes();
  void end_group();
  void end_paragraph();
  void end_row();
  void name_of_table(std::string_view text);
  rtf_group& top() { return groups_.back(); }

  const read_limits& limits_;
  tree::document made_;
  std::vector<rtf_group> groups_{rtf_group{}};
  tree::spans words_;
  tree::spans body_words_;
  rtf_paragraph_format format_;
  std::string label_;
  std::string bytes_;
  std::string table_name_;
  long table_id_ = 0;
  std::map<long, std::string> styles_;
  std::map<long, long> charsets_;
  long code_page_ = 1252;
  long skip_ = 0;
  std::uint32_t high_surrogate_ = 0;
  long notes_ = 0;
  tree::blocks note_blocks_;
  /// They follow the text.
  tree::blocks foot_;
  tree::table table_;
  tree::table::row row_;
  tree::spans cell_;
  std::vector<bool> merged_;
  bool merge_next_ = false;
  std::size_t cells_ = 0;
};

}  // namespace millrace::ingest::formats
