#include "base/digest.hpp"

#include "base/check.hpp"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace millrace::pipeline::ingest {
namespace {

// 6c8a1e6e-1f0b-4aa8-9f0a-1a7c2e6f2b42: fixed for ever, for every id follows from it.
constexpr boost::uuids::uuid name_space{{0x6c, 0x8a, 0x1e, 0x6e, 0x1f, 0x0b, 0x4a, 0xa8, 0x9f, 0x0a,
                                         0x1a, 0x7c, 0x2e, 0x6f, 0x2b, 0x42}};

std::string uuid_v5(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return boost::uuids::to_string(boost::uuids::name_generator_sha1{name_space}(name));
}

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

std::string document_id(std::string_view owner, std::string_view file_sha256) {
  return uuid_v5(fmt::format("{}:{}", owner, file_sha256));
}

std::string chunk_id(std::string_view document_id, std::string_view chunker,
                     std::string_view version, std::int64_t ord) {
  return uuid_v5(fmt::format("{}:{}:{}:{}", document_id, chunker, version, ord));
}

}  // namespace millrace::pipeline::ingest
