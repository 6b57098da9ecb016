#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::net {

/// A body that is no form; what() says why.
class form_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A part of a form.
struct form_part {
  std::string name;
  /// Without folders. Empty for a part that is no file, and for the part that a browser sends where
  /// no file was chosen.
  std::string file_name;
  /// Of the body.
  std::string_view bytes;
};

/// The parts of a body of multipart/form-data (RFC 7578), in their order. A boundary counts where
/// it is a line of its own, so that files may contain it. Names of files are taken as browsers
/// (%22, %0D, %0A) and curl (\" and \\) write them, and as `filename*` of RFC 5987 in UTF-8, which
/// wins. Throws form_error for what is cut off, encoded or ambiguous, and for more than
/// `most_parts`.
std::vector<form_part> parse_form(std::string_view content_type, std::string_view body,
                                  std::size_t most_parts);

}  // namespace millrace::net
