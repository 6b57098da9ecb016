#pragma once

#include "base/json/json_text.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace millrace {

/// Walks through a JSON text, value by value, without making anything of it. What the calls answer
/// is a part of the text.
class json_scanner {
 public:
  /// Thrown where the text is not JSON.
  struct fault {
    std::string why;
  };

  json_scanner(std::string_view text, const json_rules& rules) : text_{text}, rules_{rules} {}

  /// All of it, and nothing behind it.
  void read_document();

  /// Passes the bracket; false when it is not there, or nothing is inside.
  bool enter(char bracket);
  /// The name of a member, with its quotes; passes the colon.
  std::string_view read_name();
  std::string_view read_value();
  /// Passes a comma; false at the closing bracket.
  bool go_on();

  /// The letters, digits and signs of numbers from there on.
  static std::string_view word_at(std::string_view text, std::size_t at);
  /// Whether the word is a number, a literal, or what some languages write in their place.
  static bool is_value_word(std::string_view word);

 private:
  [[noreturn]] void fail(std::string why) const;
  [[noreturn]] void fail_at_end(std::string_view inside) const;
  [[noreturn]] void fail_at_character() const;
  bool at_end() const { return at_ >= text_.size(); }
  char next() const { return text_[at_]; }
  void skip_blanks();
  /// False when the value is a bracket that was opened.
  bool begin_value(std::string& open);
  void end_values(std::string& open);
  void read_word();
  void read_string();
  void read_escape();
  unsigned read_hex();
  void read_wide();
  void check_range(std::string_view number) const;

  std::string_view text_;
  const json_rules& rules_;
  std::size_t at_ = 0;
};

}  // namespace millrace
