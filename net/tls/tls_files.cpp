#include "net/tls/tls_files.hpp"

#include "base/check.hpp"
#include "base/os/unique_fd.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace millrace::net {
namespace {

using path = std::filesystem::path;

constexpr off_t size_limit = 1 << 20;
constexpr auto how_to_make =
    "`millrace certs init` makes a runtime's, `millrace certs client NAME` a client's";

tls_error bad(const path& file, std::string_view why, std::string next = how_to_make) {
  return {"cannot set up TLS", fmt::format("{}: {}", file.string(), why), std::move(next)};
}

tls_error failed(const path& file, int error_number) {
  return bad(file, std::generic_category().message(error_number),
             fmt::format("check that it is there and that this user may read it; {}", how_to_make));
}

struct file_content {
  std::string bytes;
  mode_t mode = 0;
};

file_content read(const path& file) {
  // A pipe without a writer would be waited for.
  const unique_fd fd{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat about {};
  if (!fd || ::fstat(fd.get(), &about) != 0)
    throw failed(file, errno);
  if (!S_ISREG(about.st_mode) || about.st_size > size_limit)
    throw bad(file, S_ISREG(about.st_mode) ? "it is too large for a PEM file" : "it is no file");
  file_content content{{}, about.st_mode};
  std::array<char, 4096> piece{};
  for (;;) {
    const auto got = ::read(fd.get(), piece.data(), piece.size());
    if (got < 0)
      throw failed(file, errno);
    if (got == 0)
      return content;
    content.bytes.append(piece.data(), static_cast<std::size_t>(got));
  }
}

key_handle read_key(const path& file) {
  const auto content = read(file);
  if ((content.mode & 0077U) != 0)
    throw bad(file,
              fmt::format("others may read the private key (mode {:04o})", content.mode & 0777U),
              fmt::format("chmod 600 {}", file.string()));
  auto key = parse_key(content.bytes);
  if (key != nullptr)
    return key;
  if (content.bytes.find("ENCRYPTED") != std::string::npos)
    throw bad(file, "the private key is encrypted, and millrace asks for no passphrase",
              "write it without one: `openssl pkey -in FILE -out FILE`, then `chmod 600 FILE`");
  throw bad(file, "there is no private key in it");
}

/// Of those in the file, the ones that may sign others: a bundle has its own certificate as well.
tls_identity::store_handle read_authorities(const path& file) {
  tls_identity::store_handle store{X509_STORE_new()};
  MILLRACE_CHECK(store != nullptr);
  // An authority below a larger one may be trusted alone.
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
  bool has_any = false;
  for (const auto& one : parse_certificates(read(file).bytes)) {
    if (X509_check_ca(one.get()) != 1)
      continue;
    MILLRACE_CHECK(X509_STORE_add_cert(store.get(), one.get()) == 1);
    has_any = true;
  }
  if (!has_any)
    throw bad(file, "there is no certificate of an authority in it");
  return store;
}

tls_identity::store_handle trust_only(X509& certificate) {
  tls_identity::store_handle store{X509_STORE_new()};
  MILLRACE_CHECK(store != nullptr && X509_STORE_add_cert(store.get(), &certificate) == 1);
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
  return store;
}

/// All but the authorities.
tls_identity read_own(const tls_files& from) {
  tls_identity own;
  auto shown = parse_certificates(read(from.certificate).bytes);
  if (shown.empty())
    throw bad(from.certificate, "there is no certificate in it");
  own.certificate = std::move(shown.front());
  for (auto one = shown.begin() + 1; one != shown.end(); ++one)
    if (X509_self_signed(one->get(), 0) == 0)
      own.between.push_back(std::move(*one));
  own.key = read_key(from.key);
  if (X509_check_private_key(own.certificate.get(), own.key.get()) != 1)
    throw bad(from.key,
              fmt::format("the private key does not belong to the certificate in {}",
                          from.certificate.string()),
              "name the two files that were made together");
  return own;
}

std::string_view name_of(tls_side side) {
  return side == tls_side::server ? "a server" : "a client";
}

/// With the day, where one is what is wrong.
std::string explain(const X509_STORE_CTX* verified, tls_side side) {
  const int code = X509_STORE_CTX_get_error(verified);
  const auto* found_bad = X509_STORE_CTX_get_current_cert(verified);
  const std::string whose = X509_STORE_CTX_get_error_depth(verified) > 0
                                ? "the authority's certificate"
                                : "the certificate";
  if (code == X509_V_ERR_CERT_HAS_EXPIRED)
    return fmt::format("{} expired on {}", whose, to_text(*X509_get0_notAfter(found_bad)));
  if (code == X509_V_ERR_CERT_NOT_YET_VALID)
    return fmt::format("{} is not valid before {}", whose,
                       to_text(*X509_get0_notBefore(found_bad)));
  return fmt::format("{} cannot be used: {}", whose, explain_verification(code, name_of(side)));
}

void verify(const tls_identity& own, const path& file, tls_side side) {
  struct stack_deleter {
    void operator()(STACK_OF(X509) * one) const { sk_X509_free(one); }
  };
  const std::unique_ptr<STACK_OF(X509), stack_deleter> between{sk_X509_new_null()};
  const std::unique_ptr<X509_STORE_CTX, openssl_deleter<X509_STORE_CTX_free>> verification{
      X509_STORE_CTX_new()};
  MILLRACE_CHECK(between != nullptr && verification != nullptr);
  for (const auto& one : own.between)
    MILLRACE_CHECK(sk_X509_push(between.get(), one.get()) > 0);
  MILLRACE_CHECK(X509_STORE_CTX_init(verification.get(), own.authorities.get(),
                                     own.certificate.get(), between.get()) == 1);
  X509_STORE_CTX_set_default(verification.get(),
                             side == tls_side::server ? "ssl_server" : "ssl_client");
  if (X509_verify_cert(verification.get()) != 1)
    throw bad(file, explain(verification.get(), side));
}

}  // namespace

path certificates_folder(const path& data_dir) { return data_dir / "certs"; }

tls_files server_files(const path& data_dir) {
  const auto folder = certificates_folder(data_dir);
  return {folder / "server.pem", folder / "server-key.pem", folder / "authority.pem"};
}

tls_identity load_identity(const tls_files& from, tls_side side) {
  ERR_clear_error();
  auto own = read_own(from);
  own.authorities = read_authorities(from.authority);
  verify(own, from.certificate, side);
  ERR_clear_error();
  return own;
}

tls_identity load_web_identity(const tls_files& from) {
  if (!from.authority.empty())
    return load_identity(from, tls_side::server);
  ERR_clear_error();
  auto own = read_own(from);
  own.authorities = trust_only(*own.certificate);
  verify(own, from.certificate, tls_side::server);
  ERR_clear_error();
  return own;
}

}  // namespace millrace::net
