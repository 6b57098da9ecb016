#pragma once

#include "base/error.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What the parts share that use OpenSSL.
namespace millrace::net {

/// A certificate or a key that cannot be used, or cannot be made.
class tls_error : public millrace::error {
 public:
  using millrace::error::error;
};

template <auto release>
struct openssl_deleter {
  template <class T>
  void operator()(T* one) const {
    release(one);
  }
};
using bio_handle = std::unique_ptr<BIO, openssl_deleter<BIO_free_all>>;
using certificate_handle = std::unique_ptr<X509, openssl_deleter<X509_free>>;
using key_handle = std::unique_ptr<EVP_PKEY, openssl_deleter<EVP_PKEY_free>>;

/// The first error that OpenSSL has noted on this thread, in its words; forgets all.
std::string openssl_reason();

/// What is wrong with a certificate for which the verification ended with this code: "it has
/// expired". `use` is what it was to be for: "a server".
std::string explain_verification(long code, std::string_view use);

/// The certificates in a PEM text, in their order; other things in it are passed over.
std::vector<certificate_handle> parse_certificates(std::string_view pem);

/// The first private key in a PEM text that is not encrypted; null when there is none.
key_handle parse_key(std::string_view pem);

std::string to_pem(X509& certificate);
std::string to_pem(EVP_PKEY& key);

/// The name in the certificate, as far as it can be printed; at most 64 bytes.
std::string common_name(const X509& certificate);

/// "2026-11-23 16:49:47 UTC"
std::string to_text(const ASN1_TIME& at);

/// Seconds since the epoch.
std::time_t to_seconds(const ASN1_TIME& at);

}  // namespace millrace::net
