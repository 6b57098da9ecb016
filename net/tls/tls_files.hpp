#pragma once

#include "net/tls/openssl.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

/// The files with which a side of a TLS connection proves its identity, and checks the other
/// side's.
namespace millrace::net {

/// PEM each; may all be the same file.
struct tls_files {
  /// What this side shows; the authorities between it and `authority`, if any, come after it.
  std::filesystem::path certificate;
  std::filesystem::path key;
  /// The authority that signs for both sides.
  std::filesystem::path authority;
};

/// Where `millrace certs init` puts what it makes.
std::filesystem::path certificates_folder(const std::filesystem::path& data_dir);

/// The runtime's own in that folder.
tls_files server_files(const std::filesystem::path& data_dir);

enum class tls_side : std::uint8_t { server, client };

/// What stands in the files.
struct tls_identity {
  using store_handle = std::unique_ptr<X509_STORE, openssl_deleter<X509_STORE_free>>;

  certificate_handle certificate;
  key_handle key;
  std::vector<certificate_handle> between;
  store_handle authorities;
};

/// Reads the files and checks everything in them, so that a fault in them shows now and not at the
/// first connection: that the certificate is one of that side, signed by the authority and valid
/// now, by the clock that TLS goes by, and that the key belongs to it and may be read by its owner
/// only. Throws tls_error.
tls_identity load_identity(const tls_files& from, tls_side side);

/// As load_identity() for a server of HTTPS, whose clients have authorities of their own:
/// `authority` may be empty, and then the one who signed is not checked.
tls_identity load_web_identity(const tls_files& from);

}  // namespace millrace::net
