#include "base/unicode/utf8.hpp"
#include "ingest/files/decode.hpp"
#include "ingest/formats/build.hpp"
#include "ingest/formats/formats.hpp"
#include "ingest/formats/rtf/rtf_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace millrace::ingest::formats {

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
    top().into = rtf_target::skip;
  else if (name == "stylesheet")
    top().into = rtf_target::styles;
  else if (name == "fonttbl")
    top().into = rtf_target::fonts;
  else if (name == "info")
    top().into = rtf_target::skip;
  else if (name == "title" && groups_.size() > 2)
    top().into = made_.about.title.empty() ? rtf_target::title : rtf_target::skip;
  else if (name == "author" && groups_.size() > 2)
    top().into = made_.about.author.empty() ? rtf_target::author : rtf_target::skip;
  else if (name == "listtext" || name == "pntext")
    top().into = rtf_target::label;
  else if (name == "footnote" && top().into == rtf_target::body) {
    const auto label = std::to_string(++notes_);
    words_.push_back({tree::span_kind::superscript, label});
    body_words_ = std::move(words_);
    words_.clear();
    top().into = rtf_target::note;
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
  if (top().into == rtf_target::body || top().into == rtf_target::note)
    words_.push_back({tree::span_kind::line_break, {}});
  return true;
}

void rtf_reader::property(std::string_view name, long number) {
  // Styles and labels have formats of their own, which are not the paragraph's.
  const bool is_apart = top().into != rtf_target::body && top().into != rtf_target::note;
  if (name == "s" && top().into == rtf_target::styles)
    table_id_ = number;
  else if (is_apart && (name == "s" || name == "pard" || name == "outlinelevel" || name == "ilvl"))
    return;
  else if (name == "super")
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
    (top().into == rtf_target::fonts ? table_id_ : top().font) = number;
  else if (name == "fcharset")
    charsets_[table_id_] = number;
  else if (name == "s")
    format_.style = number;
  else if (name == "pard")
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
    top().into = rtf_target::skip;
    return;
  }
  if (character(name))
    return;
  if (name == "par" || name == "sect")
    end_paragraph();
  else if (name == "page") {
    if (top().into == rtf_target::body)
      made_.content.push_back({tree::page_break{}});
  } else if (name == "cell" || name == "nestcell") {
    if (top().into != rtf_target::body)
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
    case rtf_target::body:
    case rtf_target::note:
      append(words_, top().kind, text);
      break;
    case rtf_target::label:
      label_ += text;
      break;
    case rtf_target::title:
      made_.about.title += text;
      break;
    case rtf_target::author:
      made_.about.author += text;
      break;
    case rtf_target::styles:
    case rtf_target::fonts:
      name_of_table(text);
      break;
    case rtf_target::skip:
      break;
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
  if (top().into == rtf_target::skip)
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

tree::read_result read_rtf(std::string_view bytes, const read_limits& limits) {
  return guarded<tree::read_result>([&]() -> tree::read_result {
    if (!bytes.starts_with("{\\rtf"))
      fail("FILE_DAMAGED", "the file is no RTF: save it again");
    return rtf_reader{limits}.read(bytes);
  });
}

}  // namespace millrace::ingest::formats
