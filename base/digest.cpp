#include "base/digest.hpp"

#include "base/check.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <iterator>

namespace millrace {
namespace {

using sha256_bytes = std::array<unsigned char, 32>;

std::string to_hex(const sha256_bytes& digest) {
  std::string hex;
  hex.reserve(2 * digest.size());
  for (auto byte : digest)
    fmt::format_to(std::back_inserter(hex), "{:02x}", byte);
  return hex;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  sha256_bytes digest{};
  unsigned size = 0;
  MILLRACE_CHECK(
      EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1 &&
      size == digest.size());
  return to_hex(digest);
}

struct sha256_stream::state {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                  &EVP_MD_CTX_free};
};

sha256_stream::sha256_stream() : state_(std::make_unique<state>()) {
  MILLRACE_CHECK(EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1);
}

sha256_stream::~sha256_stream() = default;

sha256_stream::sha256_stream(const sha256_stream& other) : state_(std::make_unique<state>()) {
  *this = other;
}

sha256_stream& sha256_stream::operator=(const sha256_stream& other) {
  if (this != &other)
    MILLRACE_CHECK(EVP_MD_CTX_copy_ex(state_->context.get(), other.state_->context.get()) == 1);
  return *this;
}

void sha256_stream::add(std::string_view bytes) {
  MILLRACE_CHECK(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

std::string sha256_stream::hex() const {
  const auto copy = *this;
  sha256_bytes digest{};
  unsigned size = 0;
  MILLRACE_CHECK(EVP_DigestFinal_ex(copy.state_->context.get(), digest.data(), &size) == 1 &&
                 size == digest.size());
  return to_hex(digest);
}

}  // namespace millrace
