#include "ingest/files/file_seal.hpp"

#include "base/check.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <iterator>
#include <string>

namespace millrace::ingest {
namespace {

/// Lengths stand before the parts, so that no two uploads read the same.
template <class... Parts>
std::string signed_text(std::string text, const Parts&... parts) {
  (fmt::format_to(std::back_inserter(text), " {}:{}", parts.size(), parts), ...);
  return text;
}

std::string signed_text(const upload& what) {
  if (const auto& in = what.member)
    return signed_text("millrace member 1", what.blob, what.name, what.owner, what.sha256,
                       in->source, std::to_string(in->depth), std::to_string(in->max_members),
                       std::to_string(in->max_bytes));
  return what.blob.empty()
             ? signed_text("millrace submit 1", what.path, what.owner, what.sha256)
             : signed_text("millrace upload 1", what.blob, what.name, what.owner, what.sha256);
}

}  // namespace

std::string file_seal::key() const {
  const std::scoped_lock guard{mutex_};
  if (key_.empty())
    key_ = read_key_();
  MILLRACE_CHECK(!key_.empty());
  return key_;
}

std::string file_seal::of(const upload& what) const {
  const auto secret = key();
  const auto text = signed_text(what);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  MILLRACE_CHECK(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                      reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                      digest.data(), &size) != nullptr);
  std::string hex;
  for (unsigned i = 0; i < size; ++i)
    fmt::format_to(std::back_inserter(hex), "{:02x}", digest.at(i));
  return hex;
}

bool file_seal::is_on(const upload& what) const {
  if (what.seal.empty())
    return false;
  const auto right = of(what);
  return right.size() == what.seal.size() &&
         CRYPTO_memcmp(right.data(), what.seal.data(), right.size()) == 0;
}

}  // namespace millrace::ingest
