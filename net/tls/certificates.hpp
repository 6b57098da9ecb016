#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Makes the certificates with which two millraces on different machines know each other.
namespace millrace::net {

/// A certificate with its private key (EC P-256, not encrypted), both as PEM.
struct identity {
  std::string certificate;
  std::string key;
};

struct validity {
  time_point from;
  time_point until;
};

/// A new authority, which signs itself and may sign servers and clients but no other authority.
/// Throws tls_error, as all here, when OpenSSL fails.
identity make_authority(const validity& during);

enum class certificate_use : std::uint8_t { server, client };

struct certificate_request {
  /// Its common name, 64 bytes at most.
  std::string name;
  certificate_use use = certificate_use::client;
  /// Host names and IP addresses, each is_host().
  std::vector<std::string> hosts;
  /// Is cut short where the authority's own ends.
  validity during;
};

/// A new certificate that the authority signs. Throws tls_error also when the authority's own is
/// over by then.
identity issue(const identity& authority, const certificate_request& what);

/// Whether a text is an IP address, or a host name in letters, digits, dashes, underscores and
/// dots.
bool is_host(const std::string& text);

}  // namespace millrace::net
