#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::net {

/// Reads one request of HTTP/1.1 as it comes in pieces. A body has a Content-Length; what is larger
/// than the limits is refused before it is read.
class http_reader {
 public:
  static constexpr std::size_t head_limit = 16 * 1024;
  static constexpr std::size_t body_limit = 64 * 1024;

  /// What has come. Nothing is taken after done().
  void take(std::string_view piece);

  /// The request is there, or will never be.
  bool done() const { return is_whole_ || refusal_ != 0; }
  /// The status to answer with where it will never be; else 0.
  int refusal() const { return refusal_; }

  /// Of the request that is there.
  const std::string& method() const { return method_; }
  const std::string& path() const { return path_; }
  const std::string& body() const { return body_; }
  /// The value of a header, its name in lower case; empty when it is not there.
  std::string_view header(std::string_view name) const;

 private:
  void read_head(std::string_view head);
  /// Whether the line is `Name: value`.
  bool read_header(std::string_view line);
  void read_size();

  std::string come_;
  bool has_head_ = false;
  bool is_whole_ = false;
  int refusal_ = 0;
  std::string method_;
  std::string path_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::size_t size_ = 0;
  std::string body_;
};

/// An answer of HTTP/1.1 that ends the connection, with a sentence as JSON.
std::string http_answer(int status, std::string_view sentence);

}  // namespace millrace::net
