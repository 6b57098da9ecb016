#include "base/unicode/ascii.hpp"
#include "base/unicode/utf8.hpp"
#include "ingest/files/decode.hpp"
#include "ingest/formats/build.hpp"
#include "ingest/formats/formats.hpp"
#include "ingest/formats/office/word_styles.hpp"
#include "ingest/formats/rtf/rtf_tokens.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace millrace::ingest::formats {
namespace {

enum class target { body, skip, styles, fonts, note, label, title, author };

struct group {
  target into = target::body;
  tree::span_kind kind = tree::span_kind::text;
  long font = -1;
  long fallback_size = 1;
  bool hidden = false;
  /// The group's next word may name a destination.
  bool is_new = true;
  bool is_optional = false;
};

struct paragraph_format {
  long style = 0;
  long outline = -1;
  bool in_table = false;
  long level = 0;
};

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
  group& top() { return groups_.back(); }

  const read_limits& limits_;
  tree::document made_;
  std::vector<group> groups_{group{}};
  tree::spans words_;
  tree::spans body_words_;
  paragraph_format format_;
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

bool rtf_reader::destination(std::string_view name) {
  static constexpr std::string_view skipped[] = {"colortbl",
                                                 "pict",
                                                 "header",
                                                 "footer",
                                                 "headerl",
                                                 "headerr",
                                                 "headerf",
                                                 "footerl",
                                                 "footerr",
                                                 "footerf",
                                                 "fldinst",
                                                 "listtable",
                                                 "listoverridetable",
                                                 "rsidtbl",
                                                 "generator",
                                                 "themedata",
                                                 "datastore",
                                                 "xe",
                                                 "tc",
                                                 "filetbl",
                                                 "revtbl",
                                                 "bkmkstart",
                                                 "bkmkend",
                                                 "objdata",
                                                 "nonshppict",
                                                 "annotation",
                                                 "atnid",
                                                 "atnauthor",
                                                 "template",
                                                 "pgdsctbl"};
  if (std::find(std::begin(skipped), std::end(skipped), name) != std::end(skipped))
    top().into = target::skip;
  else if (name == "stylesheet")
    top().into = target::styles;
  else if (name == "fonttbl")
    top().into = target::fonts;
  else if (name == "info")
    top().into = target::skip;
  else if (name == "title" && groups_.size() > 2)
    top().into = made_.about.title.empty() ? target::title : target::skip;
  else if (name == "author" && groups_.size() > 2)
    top().into = made_.about.author.empty() ? target::author : target::skip;
  else if (name == "listtext" || name == "pntext")
    top().into = target::label;
  else if (name == "footnote" && top().into == target::body) {
    const auto label = std::to_string(++notes_);
    words_.push_back({tree::span_kind::superscript, label});
    body_words_ = std::move(words_);
    words_.clear();
    top().into = target::note;
  } else
    return false;
  return true;
}

bool rtf_reader::character(std::string_view name) {
  static constexpr std::pair<std::string_view, const char*> known[] = {
      {"tab", "\t"},      {"~", "\u00A0"},    {"_", "\u2011"},       {"-", ""},
      {"emdash", "—"},    {"endash", "–"},    {"bullet", "•"},       {"lquote", "‘"},
      {"rquote", "’"},    {"ldblquote", "“"}, {"rdblquote", "”"},    {"\\", "\\"},
      {"{", "{"},         {"}", "}"},         {"emspace", "\u2003"}, {"enspace", "\u2002"},
      {"zwnj", "\u200C"}, {"zwj", "\u200D"}};
  for (const auto& [word, text] : known)
    if (word == name) {
      put(text);
      return true;
    }
  if (name != "line")
    return false;
  if (top().into == target::body || top().into == target::note)
    words_.push_back({tree::span_kind::line_break, {}});
  return true;
}

void rtf_reader::property(std::string_view name, long number) {
  if (name == "super")
    top().kind = tree::span_kind::superscript;
  else if (name == "sub")
    top().kind = tree::span_kind::subscript;
  else if (name == "nosupersub" || name == "plain")
    top().kind = tree::span_kind::text;
  else if (name == "v" || name == "deleted")
    top().hidden = number != 0;
  else if (name == "uc")
    top().fallback_size = std::clamp<long>(number, 0, 16);
  else if (name == "ansicpg")
    code_page_ = number;
  else if (name == "f")
    (top().into == target::fonts ? table_id_ : top().font) = number;
  else if (name == "fcharset")
    charsets_[table_id_] = number;
  else if (name == "s") {
    format_.style = number;
    table_id_ = number;
  } else if (name == "pard")
    format_ = {};
  else if (name == "outlinelevel")
    format_.outline = number;
  else if (name == "ilvl")
    format_.level = std::clamp<long>(number, 0, 8);
  else if (name == "intbl")
    format_.in_table = true;
  else if (name == "trowd") {
    merged_.clear();
    merge_next_ = false;
  } else if (name == "clmrg" || name == "clvmrg")
    merge_next_ = true;
  else if (name == "cellx") {
    if (merged_.size() < 1'000)
      merged_.push_back(merge_next_);
    merge_next_ = false;
  }
}

void rtf_reader::word(const rtf_token& token) {
  const auto name = token.text;
  if (name == "*") {
    top().is_optional = true;
    return;
  }
  const bool begins = top().is_new;
  top().is_new = false;
  if (name == "u") {
    auto code = static_cast<std::uint32_t>(token.number.value_or(0)) & 0xFFFFU;
    skip_ = top().fallback_size;
    if (code >= 0xD800 && code < 0xDC00) {
      high_surrogate_ = code;
      return;
    }
    if (code >= 0xDC00 && code < 0xE000)
      code = high_surrogate_ == 0
                 ? 0xFFFDU
                 : 0x10000U + ((high_surrogate_ - 0xD800U) << 10U) + (code - 0xDC00U);
    high_surrogate_ = 0;
    std::string text;
    utf8::append(text, code == 0 ? utf8::replacement : static_cast<char32_t>(code));
    put(text);
    return;
  }
  if (begins && destination(name))
    return;
  if (begins && top().is_optional && name != "shppict" && name != "shpinst" && name != "cs") {
    top().into = target::skip;
    return;
  }
  if (character(name))
    return;
  if (name == "par" || name == "sect")
    end_paragraph();
  else if (name == "page") {
    if (top().into == target::body)
      made_.content.push_back({tree::page_break{}});
  } else if (name == "cell" || name == "nestcell") {
    if (top().into != target::body)
      return;
    if (++cells_ > limits_.max_cells)
      fail("FILE_EXPANDS_TOO_MUCH", "the tables of the file have too many cells: split it");
    cell_.insert(cell_.end(), words_.begin(), words_.end());
    words_.clear();
    row_.push_back(std::move(cell_));
    cell_ = {};
    label_.clear();
  } else if (name == "row" || name == "nestrow")
    end_row();
  else
    property(name, token.number.value_or(1));
}

void rtf_reader::put(std::string_view text) {
  flush_bytes();
  if (top().hidden)
    return;
  switch (top().into) {
    case target::body:
    case target::note:
      append(words_, top().kind, text);
      break;
    case target::label:
      label_ += text;
      break;
    case target::title:
      made_.about.title += text;
      break;
    case target::author:
      made_.about.author += text;
      break;
    case target::styles:
    case target::fonts:
      name_of_table(text);
      break;
    case target::skip:
      break;
  }
}

void rtf_reader::name_of_table(std::string_view text) {
  for (const char c : text)
    if (c != ';') {
      table_name_ += ascii_lower(c);
    } else {
      if (top().into == target::styles)
        styles_[table_id_] = table_name_;
      table_name_.clear();
      table_id_ = 0;
    }
}

void rtf_reader::put_bytes(std::string_view bytes) {
  const auto skipped = std::min(bytes.size(), static_cast<std::size_t>(skip_));
  skip_ -= static_cast<long>(skipped);
  bytes_ += bytes.substr(skipped);
}

void rtf_reader::flush_bytes() {
  if (bytes_.empty())
    return;
  const auto bytes = std::move(bytes_);
  bytes_.clear();
  if (top().into == target::skip)
    return;
  static const std::map<long, long> pages{
      {0, 1252},   {128, 932},  {129, 949},  {134, 936},  {136, 950},  {161, 1253}, {162, 1254},
      {163, 1258}, {177, 1255}, {178, 1256}, {186, 1257}, {204, 1251}, {222, 874},  {238, 1250}};
  long page = code_page_;
  if (const auto charset = charsets_.find(top().font); charset != charsets_.end())
    if (const auto known = pages.find(charset->second);
        known != pages.end() && charset->second != 0)
      page = known->second;
  const auto name = page == 932     ? std::string{"shift_jis"}
                    : page == 936   ? "gbk"
                    : page == 949   ? "euc-kr"
                    : page == 950   ? "big5"
                    : page == 65001 ? "utf-8"
                                    : fmt::format("windows-{}", page);
  auto text = from_encoding(bytes, name);
  put(text ? *text : from_windows_1252(bytes));
}

void rtf_reader::end_paragraph() {
  if (top().into != target::body && top().into != target::note)
    return;
  auto words = std::move(words_);
  words_.clear();
  auto label = std::move(label_);
  label_.clear();
  if (format_.in_table && top().into == target::body) {
    cell_.insert(cell_.end(), words.begin(), words.end());
    if (!is_blank(cell_))
      cell_.push_back({tree::span_kind::line_break, {}});
    return;
  }
  if (top().into == target::note) {
    if (!is_blank(words))
      note_blocks_.push_back({tree::paragraph{std::move(words)}});
    return;
  }
  if (!table_.rows.empty()) {
    square(table_);
    if (!table_.rows.empty())
      made_.content.push_back({std::move(table_)});
    table_ = {};
  }
  if (is_blank(words))
    return;
  const auto style = styles_.find(format_.style);
  const int named = style == styles_.end() ? 0 : heading_in_name(style->second);
  const auto digits = label.find_first_of("0123456789");
  if (format_.outline >= 0 && format_.outline < 9)
    made_.content.push_back({tree::heading{heading_level(format_.outline + 1), std::move(words)}});
  else if (named > 0)
    made_.content.push_back({tree::heading{named, std::move(words)}});
  else if (!is_blank({{tree::span_kind::text, label}})) {
    tree::list_item item;
    if (digits != std::string::npos)
      item.number = number_of(std::string_view{label}.substr(digits), 1);
    item.content.push_back({tree::paragraph{std::move(words)}});
    add_item(made_.content, static_cast<int>(format_.level), std::move(item));
  } else if (style != styles_.end() &&
             (style->second == "preformatted text" || style->second == "source code"))
    add_code_line(made_.content, plain(words));
  else
    made_.content.push_back({tree::paragraph{std::move(words)}});
}

void rtf_reader::end_row() {
  if (top().into != target::body)
    return;
  for (std::size_t i = 0; i < row_.size(); ++i) {
    while (!row_[i].empty() && row_[i].back().kind == tree::span_kind::line_break)
      row_[i].pop_back();
    if (i < merged_.size() && merged_[i])
      row_[i].clear();
  }
  if (!row_.empty())
    table_.rows.push_back(std::move(row_));
  row_ = {};
  cell_ = {};
}

void rtf_reader::end_group() {
  flush_bytes();
  skip_ = 0;
  if (groups_.size() < 2)
    return;
  const auto into = top().into;
  if (into == target::note && groups_[groups_.size() - 2].into != target::note) {
    end_paragraph();
    foot_.push_back({tree::footnote{std::to_string(notes_), std::move(note_blocks_)}});
    note_blocks_ = {};
    words_ = std::move(body_words_);
    body_words_.clear();
  }
  groups_.pop_back();
}

tree::document rtf_reader::read(std::string_view rtf) {
  rtf_tokens tokens{rtf};
  while (const auto token = tokens.next()) {
    switch (token->what) {
      case rtf_token::kind::begin:
        flush_bytes();
        skip_ = 0;
        if (groups_.size() > static_cast<std::size_t>(limits_.max_depth))
          fail("FILE_TOO_DEEP", "the groups of the file are nested too deeply to be a document");
        groups_.push_back(top());
        top().is_new = true;
        top().is_optional = false;
        break;
      case rtf_token::kind::end:
        end_group();
        break;
      case rtf_token::kind::word:
        flush_bytes();
        word(*token);
        break;
      case rtf_token::kind::hex: {
        const char byte = static_cast<char>(*token->number);
        put_bytes({&byte, 1});
        break;
      }
      case rtf_token::kind::text:
        top().is_new = false;
        put_bytes(token->text);
        break;
    }
  }
  flush_bytes();
  while (groups_.size() > 1)
    end_group();
  format_.in_table = false;
  end_paragraph();
  std::move(foot_.begin(), foot_.end(), std::back_inserter(made_.content));
  return std::move(made_);
}

}  // namespace

tree::read_result read_rtf(std::string_view bytes, const read_limits& limits) {
  return guarded<tree::read_result>([&]() -> tree::read_result {
    if (!bytes.starts_with("{\\rtf"))
      fail("FILE_DAMAGED", "the file is no RTF: save it again");
    return rtf_reader{limits}.read(bytes);
  });
}

}  // namespace millrace::ingest::formats
