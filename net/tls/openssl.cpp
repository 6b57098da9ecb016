#include "net/tls/openssl.hpp"

#include "base/check.hpp"

#include <fmt/chrono.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <climits>

namespace millrace::net {
namespace {

/// Reads the text where it stands.
bio_handle reader(std::string_view text) {
  MILLRACE_CHECK(text.size() <= INT_MAX);
  bio_handle from{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  MILLRACE_CHECK(from != nullptr);
  return from;
}

/// OpenSSL would ask the terminal.
int know_no_passphrase(char*, int, int, void*) { return -1; }

template <class Write>
std::string text_of(Write write) {
  const bio_handle to{BIO_new(BIO_s_mem())};
  if (to == nullptr || write(to.get()) != 1)
    throw tls_error{"cannot write PEM", openssl_reason(), {}};
  char* text = nullptr;
  const auto size = BIO_get_mem_data(to.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

std::string openssl_reason() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  const auto* words = code == 0 ? nullptr : ERR_reason_error_string(code);
  return words != nullptr ? words : "unknown reason";
}

std::string explain_verification(long code, std::string_view use) {
  switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "it has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "it is not valid yet, or a clock is wrong";
    case X509_V_ERR_INVALID_PURPOSE:
      return fmt::format("it is not one of {} (extended key usage)", use);
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return "it is not signed by the authority";
    default:
      return X509_verify_cert_error_string(code);
  }
}

std::vector<certificate_handle> parse_certificates(std::string_view pem) {
  const auto from = reader(pem);
  std::vector<certificate_handle> all;
  while (auto* one = PEM_read_bio_X509(from.get(), nullptr, know_no_passphrase, nullptr))
    all.emplace_back(one);
  ERR_clear_error();
  return all;
}

key_handle parse_key(std::string_view pem) {
  key_handle key{PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, know_no_passphrase, nullptr)};
  ERR_clear_error();
  return key;
}

std::string to_pem(X509& certificate) {
  return text_of([&](BIO* to) { return PEM_write_bio_X509(to, &certificate); });
}

std::string to_pem(EVP_PKEY& key) {
  return text_of([&](BIO* to) {
    return PEM_write_bio_PKCS8PrivateKey(to, &key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string common_name(const X509& certificate) {
  std::array<char, 65> name{};
  const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(&certificate), NID_commonName,
                                             name.data(), static_cast<int>(name.size()));
  std::string text(name.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

std::string to_text(const ASN1_TIME& at) {
  std::tm parts{};
  return ASN1_TIME_to_tm(&at, &parts) == 1 ? fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", parts)
                                           : "an invalid date";
}

std::time_t to_seconds(const ASN1_TIME& at) {
  std::tm parts{};
  return ASN1_TIME_to_tm(&at, &parts) == 1 ? timegm(&parts) : 0;
}

}  // namespace millrace::net
