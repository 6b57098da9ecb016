#pragma once

#include "net/byte_stream.hpp"
#include "net/tls/tls_files.hpp"

#include <openssl/ssl.h>

#include <memory>

namespace millrace::net {

/// A connection as tls_context::wrap() promises it.
std::unique_ptr<stream> make_tls_stream(SSL_CTX& context, tls_side side, unique_fd connection);

}  // namespace millrace::net
