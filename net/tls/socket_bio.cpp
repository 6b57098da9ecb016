#include "net/tls/socket_bio.hpp"

#include "base/check.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace millrace::net {
namespace {

socket_end& end_of(BIO* bio) { return *static_cast<socket_end*>(BIO_get_data(bio)); }

/// Whether a call failed for now only.
bool is_for_now() { return errno == EAGAIN || errno == EINTR; }

int read(BIO* bio, char* into, int size) {
  auto& socket = end_of(bio);
  BIO_clear_retry_flags(bio);
  const auto got = ::recv(socket.fd, into, static_cast<std::size_t>(size), 0);
  if (got == 0)
    socket.has_ended = true;
  else if (got < 0 && is_for_now())
    BIO_set_retry_read(bio);
  else if (got < 0)
    socket.failure = errno;
  return static_cast<int>(got);
}

int write(BIO* bio, const char* from, int size) {
  auto& socket = end_of(bio);
  BIO_clear_retry_flags(bio);
  const auto put = ::send(socket.fd, from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (put < 0 && is_for_now())
    BIO_set_retry_write(bio);
  else if (put < 0)
    socket.failure = errno;
  return static_cast<int>(put);
}

long control(BIO* bio, int what, long, void*) {
  switch (what) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_EOF:
      return end_of(bio).has_ended ? 1 : 0;
    default:
      return 0;
  }
}

int create(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

using method_handle = std::unique_ptr<BIO_METHOD, openssl_deleter<BIO_meth_free>>;

method_handle make_method() {
  method_handle method{BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket")};
  MILLRACE_CHECK(method != nullptr && BIO_meth_set_read(method.get(), read) == 1 &&
                 BIO_meth_set_write(method.get(), write) == 1 &&
                 BIO_meth_set_ctrl(method.get(), control) == 1 &&
                 BIO_meth_set_create(method.get(), create) == 1);
  return method;
}

}  // namespace

bio_handle make_socket_bio(socket_end& over) {
  static const auto method = make_method();
  bio_handle bio{BIO_new(method.get())};
  MILLRACE_CHECK(bio != nullptr);
  BIO_set_data(bio.get(), &over);
  return bio;
}

}  // namespace millrace::net
