#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace millrace {

/// SHA-256 of the bytes, lower-case hex.
std::string sha256_hex(std::string_view bytes);

/// SHA-256 of bytes that come piece by piece. A copy goes on by itself.
class sha256_stream {
 public:
  sha256_stream();
  ~sha256_stream();
  sha256_stream(const sha256_stream& other);
  sha256_stream& operator=(const sha256_stream& other);

  void add(std::string_view bytes);
  /// Of what has come, lower-case hex; more may come.
  std::string hex() const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace millrace
