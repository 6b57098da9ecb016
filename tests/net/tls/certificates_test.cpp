#include "net/tls/certificates.hpp"

#include "net/tls/openssl.hpp"
#include "tests/support/test_authority.hpp"

#include <catch2/catch.hpp>
#include <openssl/x509v3.h>

#include <string>

namespace {

using namespace millrace;
using namespace net;
using tests::test_authority;

net::certificate_handle parsed(const net::identity& one) {
  auto all = net::parse_certificates(one.certificate);
  REQUIRE(all.size() == 1);
  return std::move(all.front());
}

TEST_CASE("two certificates have neither a key nor a number in common") {
  const test_authority by;
  const auto one = parsed(by.issue(net::certificate_use::client));
  const auto other = parsed(by.issue(net::certificate_use::client));
  CHECK(ASN1_INTEGER_cmp(X509_get0_serialNumber(one.get()), X509_get0_serialNumber(other.get())) !=
        0);
  CHECK(EVP_PKEY_eq(X509_get0_pubkey(one.get()), X509_get0_pubkey(other.get())) == 0);
}

TEST_CASE("two authorities have different names") {
  const auto one = parsed(test_authority{}.own());
  const auto other = parsed(test_authority{}.own());
  CHECK(X509_NAME_cmp(X509_get_subject_name(one.get()), X509_get_subject_name(other.get())) != 0);
}

TEST_CASE("a certificate names its hosts and addresses, and is no authority") {
  const auto one = parsed(
      issue(test_authority{}.own(), {.name = "a",
                                     .use = net::certificate_use::server,
                                     .hosts = {"jobs.example.org", "192.0.2.7", "2001:db8::7"},
                                     .during = tests::around_now}));
  CHECK(X509_check_host(one.get(), "jobs.example.org", 0, 0, nullptr) == 1);
  CHECK(X509_check_ip_asc(one.get(), "192.0.2.7", 0) == 1);
  CHECK(X509_check_ip_asc(one.get(), "2001:db8::7", 0) == 1);
  CHECK(X509_check_host(one.get(), "other.example.org", 0, 0, nullptr) == 0);
  CHECK(X509_check_ca(one.get()) == 0);
}

TEST_CASE("a certificate ends with its authority, and is not made when that has ended") {
  const test_authority of_old{tests::long_ago};
  const auto one = parsed(
      of_old.issue(net::certificate_use::client, {tests::long_ago.from, tests::around_now.until}));
  CHECK(net::to_text(*X509_get0_notAfter(one.get())) == "2002-02-03 00:00:00 UTC");
  CHECK_THROWS_WITH(of_old.issue(net::certificate_use::client),
                    Catch::Contains("the authority's own ended on 2002-02-03"));
}

TEST_CASE("an authority whose files are not of each other signs nothing") {
  const test_authority one;
  const test_authority other;
  CHECK_THROWS_AS(net::issue({one.own().certificate, other.own().key},
                             {.name = "a", .during = tests::around_now}),
                  net::tls_error);
  CHECK_THROWS_AS(net::issue({"", ""}, {.name = "a", .during = tests::around_now}), net::tls_error);
}

TEST_CASE("names of hosts are told from other text") {
  for (const auto* good : {"a", "a-b.example.org", "node_7", "192.0.2.7", "::1", "X9"})
    CHECK(net::is_host(good));
  for (const auto* bad :
       {"", ".", "a.", ".a", "a..b", "a b", "a:1", "a,DNS:b", "[::1]", "*.a", "ä"})
    CHECK_FALSE(net::is_host(bad));
  CHECK(net::is_host(std::string(63, 'a')));
  CHECK_FALSE(net::is_host(std::string(64, 'a')));
}

}  // namespace
