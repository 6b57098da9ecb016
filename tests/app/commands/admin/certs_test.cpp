#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using Catch::Contains;
using millrace::tests::finished;
using millrace::tests::sandbox;

unsigned mode_of(const std::filesystem::path& path) {
  struct stat about {};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  return about.st_mode & 0777U;
}

/// A data directory in a sandbox, and commands that use it.
struct certificates : sandbox {
  std::filesystem::path data_dir = folder() / "data";
  std::filesystem::path certs = data_dir / "certs";

  finished run(std::vector<std::string> words) const {
    words.insert(words.begin(), "certs");
    words.insert(words.end(), {"--runtime.data_dir", data_dir.string()});
    return millrace(std::move(words));
  }
  /// What OpenSSL's own program says.
  finished openssl(const std::string& words) const {
    return shell("cd '" + certs.string() + "' && openssl " + words);
  }
};

TEST_CASE("certs init makes an authority with a server's and a client's certificate") {
  const certificates in;
  const auto made = in.run({"init", "--name", "jobs.example.org", "--name", "192.0.2.7"});
  CHECK(made.code == 0);
  CHECK_THAT(made.out, Contains(in.certs.string()) && Contains("inspector.listen") &&
                           Contains("millrace inspect --connect HOST:PORT --cert client.pem"));
  CHECK(
      in.openssl("verify -x509_strict -purpose sslserver -CAfile authority.pem server.pem").code ==
      0);
  CHECK(
      in.openssl("verify -x509_strict -purpose sslclient -CAfile authority.pem client.pem").code ==
      0);
  CHECK(in.openssl("verify -purpose sslclient -CAfile authority.pem server.pem").code != 0);
  CHECK(in.openssl("verify -purpose sslserver -CAfile authority.pem client.pem").code != 0);
  const auto text = in.openssl("x509 -in server.pem -noout -text").out;
  CHECK_THAT(text, Contains("DNS:jobs.example.org, IP Address:192.0.2.7") &&
                       Contains("NIST CURVE: P-256"));
  CHECK_THAT(in.openssl("x509 -in authority.pem -noout -text").out,
             Contains("CA:TRUE, pathlen:0") && Contains("Certificate Sign, CRL Sign"));
  CHECK(in.shell("cd '" + in.certs.string() +
                 "' && test \"$(openssl pkey -in client.pem -pubout)\" "
                 "= \"$(openssl x509 -in client.pem -noout -pubkey)\" && grep -c BEGIN client.pem")
            .out == "3\n");
}

TEST_CASE("certificates are valid for so many days, and for a while before now") {
  const certificates in;
  REQUIRE(in.run({"init", "--days", "30"}).code == 0);
  const auto day = [](int days) { return std::to_string(days * 24 * 60 * 60); };
  for (const auto* file : {"server.pem", "client.pem"}) {
    CHECK(in.openssl(std::string{"x509 -noout -checkend "} + day(29) + " -in " + file).code == 0);
    CHECK(in.openssl(std::string{"x509 -noout -checkend "} + day(31) + " -in " + file).code == 1);
  }
  CHECK(in.openssl("x509 -noout -checkend " + day(3649) + " -in authority.pem").code == 0);
  CHECK(
      in.openssl("verify -attime $(($(date +%s) - 1800)) -CAfile authority.pem server.pem").code ==
      0);
}

TEST_CASE("certificates and keys are their owner's only, and nothing else is left") {
  const certificates in;
  REQUIRE(
      in.shell("umask 0; millrace certs init --runtime.data_dir " + in.data_dir.string()).code ==
      0);
  CHECK(mode_of(in.data_dir) == 0700);
  CHECK(mode_of(in.certs) == 0700);
  std::size_t files = 0;
  for (const auto& one : std::filesystem::directory_iterator{in.certs}) {
    CHECK(mode_of(one.path()) == 0600);
    ++files;
  }
  CHECK(files == 5);
  CHECK(std::distance(std::filesystem::directory_iterator{in.data_dir}, {}) == 1);
}

TEST_CASE("certs init never replaces an authority") {
  const certificates in;
  REQUIRE(in.run({"init"}).code == 0);
  const auto before = in.shell("cd " + in.certs.string() + " && cat *").out;
  const auto again = in.run({"init"});
  CHECK(again.code == 1);
  CHECK_THAT(again.err, Contains("is there already") && Contains("certs client NAME") &&
                            Contains("move the folder away"));
  CHECK((in.shell("cd " + in.certs.string() + " && cat *").out == before));
  CHECK(std::distance(std::filesystem::directory_iterator{in.data_dir}, {}) == 1);
}

TEST_CASE("certs client makes one file for another machine, and replaces none") {
  const certificates in;
  REQUIRE(in.run({"init"}).code == 0);
  const auto file = in.folder() / "laptop-1.pem";
  const auto here =
      in.shell("cd " + in.folder().string() +
               " && millrace certs client laptop-1 --runtime.data_dir " + in.data_dir.string());
  CHECK(here.code == 0);
  CHECK_THAT(here.out, Contains("made laptop-1.pem") && Contains("--cert laptop-1.pem"));
  CHECK(mode_of(file) == 0600);
  CHECK(in.openssl("verify -purpose sslclient -CAfile authority.pem " + file.string()).code == 0);
  CHECK_THAT(in.openssl("x509 -noout -subject -in " + file.string()).out,
             Contains("CN = laptop-1"));
  const auto again = in.run({"client", "laptop-1", "--out", file.string()});
  CHECK(again.code == 1);
  CHECK_THAT(again.err, Contains(file.string() + " is there already") && Contains("--out"));
  const auto nowhere = in.run({"client", "a", "--out", "/nowhere/a.pem"});
  CHECK(nowhere.code == 1);
  CHECK_THAT(nowhere.err, Contains("No such file"));
}

TEST_CASE("certs renew replaces the runtime's certificate, and clients stay good") {
  const certificates in;
  const auto none = in.run({"renew"});
  CHECK(none.code == 1);
  CHECK_THAT(none.err, Contains("there is no authority") && Contains("certs init"));
  REQUIRE(in.run({"init", "--days", "1"}).code == 0);
  const auto authority = in.shell("cat " + (in.certs / "authority.pem").string()).out;
  CHECK(in.run({"renew", "--days", "100", "--name", "new.example.org"}).code == 0);
  CHECK_THAT(in.openssl("x509 -noout -text -in server.pem").out, Contains("DNS:new.example.org"));
  CHECK(in.openssl("x509 -noout -checkend 8000000 -in server.pem").code == 0);
  CHECK(in.openssl("verify -purpose sslserver -CAfile authority.pem server.pem").code == 0);
  CHECK(in.shell("cd '" + in.certs.string() +
                 "' && test \"$(openssl pkey -in server-key.pem -pubout)\""
                 " = \"$(openssl x509 -in server.pem -noout -pubkey)\"")
            .code == 0);
  CHECK(mode_of(in.certs / "server-key.pem") == 0600);
  CHECK((in.shell("cat " + (in.certs / "authority.pem").string()).out == authority));
}

TEST_CASE("a wrong certs command ends with 2 and makes nothing") {
  const certificates in;
  struct bad_line {
    std::vector<std::string> words;
    std::string said;
  };
  const std::vector<bad_line> all{{{}, "init | client NAME | renew is missing"},
                                  {{"inti"}, "did you mean `init`?"},
                                  {{"client"}, "NAME is missing"},
                                  {{"init", "a"}, "it takes no argument"},
                                  {{"init", "a", "b"}, "it takes"},
                                  {{"init", "--out", "a"}, "it takes no --out"},
                                  {{"client", "a", "--name", "b"}, "it takes no --name"},
                                  {{"init", "--name", "a:1"}, "neither the name of a host"},
                                  {{"init", "--days", "0"}, "at least 1"},
                                  {{"init", "--days", "3651"}, "smaller"},
                                  {{"init", "--days", "x"}, "'x'"},
                                  {{"client", "../a"}, "letters, digits"},
                                  {{"client", ".a"}, "letters, digits"},
                                  {{"client", "a b"}, "letters, digits"},
                                  {{"client", std::string(64, 'a')}, "letters, digits"}};
  for (const auto& one : all) {
    const auto answer = in.run(one.words);
    INFO(answer.err);
    CHECK(answer.code == 2);
    CHECK_THAT(answer.err, Contains(one.said));
  }
  CHECK_FALSE(exists(in.data_dir));
}

TEST_CASE("certs says what is wrong with an authority that it cannot use") {
  const certificates in;
  REQUIRE(in.run({"init"}).code == 0);
  std::ofstream{in.certs / "authority-key.pem", std::ios::trunc} << "nothing";
  const auto broken = in.run({"client", "a", "--out", (in.folder() / "a.pem").string()});
  CHECK(broken.code == 1);
  CHECK_THAT(broken.err, Contains("certificate and key are broken") && Contains("backup"));
  CHECK_FALSE(exists(in.folder() / "a.pem"));
}

}  // namespace
