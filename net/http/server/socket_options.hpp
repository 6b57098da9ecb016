#pragma once

#include <cstdint>
#include <string>

namespace millrace::net {

/// The port to which a socket of TCP is bound; 0 when it cannot be told.
std::uint16_t local_port(int socket);

/// "127.0.0.1:40312", "[::1]:40312"; empty when there is no other side, or none with an address.
std::string peer_address(int socket);

/// What a server wants of a connection: small responses leave at once, and a client whose machine
/// is gone is noticed.
void set_options(int socket);

/// The other side will see the end of the connection as a failure; what it has not got yet is lost.
void reset_when_closed(int socket);

}  // namespace millrace::net
