#include "net/tls/tls_files.hpp"

#include "tests/support/test_authority.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <string>

namespace {

using namespace millrace;
using namespace net;
using Catch::Contains;
using tests::test_authority;

/// What is said of the files; empty when they are good.
std::string complaint(const net::tls_files& files, net::tls_side side = net::tls_side::server) {
  try {
    net::load_identity(files, side);
    return {};
  } catch (const net::tls_error& bad) {
    CHECK(bad.summary() == "cannot set up TLS");
    CHECK_FALSE(bad.next().empty());
    return bad.what();
  }
}

TEST_CASE("good files of a server and of a client are taken, one by one or in one") {
  test_authority by;
  CHECK(complaint(by.files(net::certificate_use::server)) == "");
  CHECK(complaint(by.files(net::certificate_use::client), net::tls_side::client) == "");
  const auto client = by.issue(net::certificate_use::client);
  for (const auto& text : {client.certificate + client.key + by.own().certificate,
                           client.key + client.certificate + by.own().certificate}) {
    const auto bundle = by.write("bundle.pem", text);
    CHECK(complaint({bundle, bundle, bundle}, net::tls_side::client) == "");
  }
}

TEST_CASE("a file that is not there, or is no file, is named") {
  test_authority by;
  const auto good = by.files(net::certificate_use::server);
  auto files = good;
  files.certificate = "/nowhere/c.pem";
  CHECK_THAT(complaint(files), Contains("/nowhere/c.pem: No such file"));
  files = good;
  files.key = "/nowhere/k.pem";
  CHECK_THAT(complaint(files), Contains("/nowhere/k.pem: No such file"));
  files = good;
  files.authority = by.dir().path();
  CHECK_THAT(complaint(files), Contains("it is no file"));
}

TEST_CASE("a file without what it should have is named") {
  test_authority by;
  const auto good = by.files(net::certificate_use::server);
  const auto junk = by.write("junk.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n");
  CHECK_THAT(complaint({junk, good.key, good.authority}),
             Contains("junk.pem: there is no certificate in it"));
  CHECK_THAT(complaint({good.key, good.key, good.authority}),
             Contains("there is no certificate in it"));
  CHECK_THAT(complaint({good.certificate, junk, good.authority}),
             Contains("junk.pem: there is no private key in it"));
  CHECK_THAT(complaint({good.certificate, good.key, good.certificate}),
             Contains("there is no certificate of an authority in it"));
  CHECK_THAT(complaint({good.certificate, good.key, by.write("empty.pem", "")}),
             Contains("empty.pem: there is no certificate of an authority in it"));
}

TEST_CASE("a key that others may read is refused, with how to hide it") {
  test_authority by;
  const auto files = by.files(net::certificate_use::server);
  for (const mode_t mode : {0640U, 0604U, 0644U, 0660U}) {
    REQUIRE(chmod(files.key.c_str(), mode) == 0);
    CHECK_THAT(complaint(files), Contains("others may read the private key") &&
                                     Contains("chmod 600 " + files.key.string()));
  }
  REQUIRE(chmod(files.key.c_str(), 0400) == 0);
  REQUIRE(chmod(files.certificate.c_str(), 0644) == 0);
  CHECK(complaint(files) == "");
}

TEST_CASE("a key of another certificate is refused") {
  test_authority by;
  auto files = by.files(net::certificate_use::server);
  files.key = by.files(net::certificate_use::server).key;
  CHECK_THAT(complaint(files), Contains("does not belong to the certificate in") &&
                                   Contains(files.certificate.string()));
}

TEST_CASE("an encrypted key is refused, without asking for its passphrase") {
  test_authority by;
  auto files = by.files(net::certificate_use::server);
  // openssl genpkey -algorithm X25519 -aes256, passphrase `secret`
  files.key = by.write("k.pem", R"(-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAg9evm83cbjKQICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEKvW0KbvDk3pIPiUYg/zFxcEQLpk
Qj5tcxZ3LzGLGisQd8Wm/3gBwbTzoi3CL3lfVhx5oEKr8kjo70PzXgAhe2o0Xg/7
kiSGeuevulDeduWionA=
-----END ENCRYPTED PRIVATE KEY-----
)");
  CHECK_THAT(complaint(files), Contains("the private key is encrypted"));
}

TEST_CASE("a certificate that has expired, or is not valid yet, is refused with the day") {
  test_authority by;
  CHECK_THAT(complaint(by.files(net::certificate_use::server, tests::long_ago)),
             Contains("the certificate expired on 2002-02-03 00:00:00 UTC"));
  CHECK_THAT(complaint(by.files(net::certificate_use::server, tests::far_off)),
             Contains("the certificate is not valid before 2110-01-01 00:00:00 UTC"));
  test_authority of_old{tests::long_ago};
  CHECK_THAT(complaint(of_old.files(net::certificate_use::server, tests::long_ago)),
             Contains("certificate expired on 2002-02-03"));
}

TEST_CASE("a certificate of another authority is refused") {
  test_authority by;
  test_authority other;
  auto files = by.files(net::certificate_use::server);
  files.authority = other.files(net::certificate_use::server).authority;
  CHECK_THAT(complaint(files), Contains("it is not signed by the authority"));
}

TEST_CASE("a certificate for the other side is refused") {
  test_authority by;
  CHECK_THAT(complaint(by.files(net::certificate_use::client), net::tls_side::server),
             Contains("it is not one of a server"));
  CHECK_THAT(complaint(by.files(net::certificate_use::server), net::tls_side::client),
             Contains("it is not one of a client"));
}

}  // namespace
