#include "net/tls/certificates.hpp"

#include "base/check.hpp"
#include "net/tls/openssl.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>

namespace millrace::net {
namespace {

using number_handle = std::unique_ptr<BIGNUM, openssl_deleter<BN_free>>;
using extension_handle = std::unique_ptr<X509_EXTENSION, openssl_deleter<X509_EXTENSION_free>>;

constexpr auto making = "cannot make a certificate";
constexpr std::size_t common_name_limit = 64;

void require(bool succeeded) {
  if (!succeeded)
    throw tls_error{making, openssl_reason(), "it is likely a bug or a broken OpenSSL"};
}

std::time_t seconds_of(time_point at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

bool is_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

key_handle make_key() {
  key_handle key{EVP_EC_gen("P-256")};
  require(key != nullptr);
  return key;
}

number_handle random_number(int bits) {
  number_handle number{BN_new()};
  require(number != nullptr &&
          BN_rand(number.get(), bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1);
  return number;
}

std::string random_word() {
  const auto number = random_number(32);
  return fmt::format("{:08x}", BN_get_word(number.get()));
}

/// What signs: the certificate that is being made, for an authority.
struct signer {
  X509* certificate;
  EVP_PKEY* key;
};

/// A certificate that is being put together.
class draft {
 public:
  explicit draft(EVP_PKEY& key) : certificate_(X509_new()) {
    require(certificate_ != nullptr && X509_set_version(get(), X509_VERSION_3) == 1 &&
            X509_set_pubkey(get(), &key) == 1);
    // RFC 5280 allows 20 bytes, and a number that is not negative.
    require(BN_to_ASN1_INTEGER(random_number(159).get(), X509_get_serialNumber(get())) != nullptr);
  }

  X509* get() const { return certificate_.get(); }

  void set_name(const std::string& name) {
    MILLRACE_CHECK(!name.empty() && name.size() <= common_name_limit);
    const auto* bytes = reinterpret_cast<const unsigned char*>(name.data());
    require(X509_NAME_add_entry_by_txt(X509_get_subject_name(get()), "CN", MBSTRING_UTF8, bytes,
                                       static_cast<int>(name.size()), -1, 0) == 1);
  }

  void set_validity(std::time_t from, std::time_t until) {
    require(ASN1_TIME_set(X509_getm_notBefore(get()), from) != nullptr &&
            ASN1_TIME_set(X509_getm_notAfter(get()), until) != nullptr);
  }

  void add(const signer& by, int kind, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, by.certificate, get(), nullptr, nullptr, 0);
    const extension_handle extension{X509V3_EXT_nconf_nid(nullptr, &context, kind, value.c_str())};
    require(extension != nullptr && X509_add_ext(get(), extension.get(), -1) == 1);
  }

  identity sign(const signer& by, EVP_PKEY& key) {
    require(X509_set_issuer_name(get(), X509_get_subject_name(by.certificate)) == 1 &&
            X509_sign(get(), by.key, EVP_sha256()) > 0);
    return {to_pem(*get()), to_pem(key)};
  }

 private:
  certificate_handle certificate_;
};

std::string alternative_names(const std::vector<std::string>& hosts) {
  std::string names;
  for (const auto& host : hosts) {
    MILLRACE_CHECK(is_host(host));
    names +=
        fmt::format("{}{}:{}", names.empty() ? "" : ",", is_address(host) ? "IP" : "DNS", host);
  }
  return names;
}

}  // namespace

identity make_authority(const validity& during) {
  ERR_clear_error();
  const auto key = make_key();
  draft made{*key};
  const signer self{made.get(), key.get()};
  // Two authorities never have the same name: a person can tell them apart.
  made.set_name("millrace authority " + random_word());
  made.set_validity(seconds_of(during.from), seconds_of(during.until));
  made.add(self, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  made.add(self, NID_key_usage, "critical,keyCertSign,cRLSign");
  made.add(self, NID_subject_key_identifier, "hash");
  return made.sign(self, *key);
}

identity issue(const identity& authority, const certificate_request& what) {
  ERR_clear_error();
  const auto own = parse_certificates(authority.certificate);
  const auto own_key = parse_key(authority.key);
  if (own.empty() || own_key == nullptr ||
      X509_check_private_key(own.front().get(), own_key.get()) != 1)
    throw tls_error{making, "the authority's certificate and key are broken, or not of each other",
                    "restore the files of the authority from a backup"};
  const signer by{own.front().get(), own_key.get()};
  const auto& last = *X509_get0_notAfter(by.certificate);
  const auto from = seconds_of(what.during.from);
  const auto until = std::min(seconds_of(what.during.until), to_seconds(last));
  if (until <= from)
    throw tls_error{making, fmt::format("the authority's own ended on {}", to_text(last)),
                    "make a new authority"};
  const auto key = make_key();
  draft made{*key};
  made.set_name(what.name);
  made.set_validity(from, until);
  made.add(by, NID_basic_constraints, "critical,CA:FALSE");
  made.add(by, NID_key_usage, "critical,digitalSignature");
  made.add(by, NID_ext_key_usage,
           what.use == certificate_use::server ? "serverAuth" : "clientAuth");
  if (!what.hosts.empty())
    made.add(by, NID_subject_alt_name, alternative_names(what.hosts));
  made.add(by, NID_subject_key_identifier, "hash");
  made.add(by, NID_authority_key_identifier, "keyid:always");
  return made.sign(by, *key);
}

bool is_host(const std::string& text) {
  if (is_address(text))
    return true;
  constexpr std::size_t name_limit = 253;
  constexpr std::size_t label_limit = 63;
  std::size_t label = 0;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (c == '.' ? label == 0 : !is_plain)
      return false;
    label = c == '.' ? 0 : label + 1;
    if (label > label_limit)
      return false;
  }
  return label > 0 && text.size() <= name_limit;
}

}  // namespace millrace::net
