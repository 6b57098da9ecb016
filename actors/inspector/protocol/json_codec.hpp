#pragma once

#include "actors/inspector/protocol/requests.hpp"
#include "base/error.hpp"

#include <string>
#include <string_view>

/// How requests and answers travel between an inspector and its clients: after the greeting, each
/// is one line, a JSON document. A request has every field of its kind and no other: what is asked
/// for is said, never guessed. In an answer, a field that is unknown is passed over and one that is
/// missing has its default, so that a runtime may learn to tell more.
namespace millrace::actors {

/// A line that is no request or no answer.
class wire_error : public millrace::error {
 public:
  explicit wire_error(std::string why)
      : millrace::error{"cannot read what came from the other side", std::move(why),
                        "upgrade the older side"} {}
};

/// The longest line either side takes, newline included.
inline constexpr std::size_t request_limit = 16 * 1024;
inline constexpr std::size_t answer_limit = 8 * 1024 * 1024;

/// With its newline.
std::string to_line(const request& asked);
/// From a line without its newline. It may come from a stranger. Throws wire_error.
request read_request(std::string_view line);

/// With its newline. For the answers of all requests.
template <class Answer>
std::string to_line(const Answer& answer);
/// In place of an answer.
std::string failure_line(std::string_view why);
/// Throws wire_error, also with what failure_line() said.
template <class Answer>
Answer read_answer(std::string_view line);

}  // namespace millrace::actors
