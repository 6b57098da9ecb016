#pragma once

#include "base/bounds.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// JSON as text: checked and taken apart where it stands, so that what a client or a handler
/// wrote is passed on as it came. Printing a parsed document again would change its numbers.
namespace millrace {

/// How deep lists and objects may stand in each other in what is taken in.
inline constexpr std::size_t deepest_json = bounds::deepest_json;

/// What a document may have in it besides what the grammar says.
struct json_rules {
  std::size_t deepest = deepest_json;
  /// NUL characters (\u0000), which PostgreSQL's jsonb and many programs cannot keep.
  bool nul = false;
  /// Numbers that are too large for a double.
  bool huge_numbers = false;
};

/// Why the text is not one JSON document under the rules, in words for its author; nothing when it
/// is. Half of a character ("\ud83e") and bytes that are not UTF-8 are never allowed. Stops at the
/// first fault, and does not recurse.
std::optional<std::string> trouble_in_json(std::string_view text, const json_rules& rules = {});

/// The text with U+FFFD in the place of every half of a character and of bytes that are no UTF-8:
/// what a program says of a failure, and has cut in the middle of a character, can be read so.
std::string with_whole_characters(std::string_view json);

/// Whether the text is one JSON document that others can read, however deep, with any whole
/// character.
bool is_json(std::string_view text);

struct json_member {
  std::string name;
  /// As it stands in the text.
  std::string_view value;
};

/// The members of an object, in their order, doubles among them; none of another document. The text
/// must be JSON, and outlives the answer.
std::vector<json_member> members_of(std::string_view object);

/// The same of the values of a list.
std::vector<std::string_view> elements_of(std::string_view list);

/// The document without the blanks around it.
std::string_view without_blanks(std::string_view json);

/// Whether a text that is no JSON was meant to be: it, or a line of it, begins like an object, a
/// list or a string, or it is one word that stands for a number.
bool looks_like_json(std::string_view text);

}  // namespace millrace
