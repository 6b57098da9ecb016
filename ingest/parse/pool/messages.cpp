#include "ingest/parse/pool/messages.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

namespace millrace::ingest::pool {
namespace {

constexpr std::size_t most_bytes = 4096;
constexpr std::size_t file_count = 3;

/// What stands in front of the kind and the name.
struct request_head {
  std::int64_t cpu_seconds;
  std::int64_t memory_bytes;
  std::int64_t output_bytes;
  /// Below zero where nothing is unpacked.
  std::int64_t members;
  std::int64_t member_bytes;
  std::int64_t unpacked_bytes;
  std::uint64_t kind_size;
};

union control_buffer {
  cmsghdr aligned;
  std::array<char, CMSG_SPACE(sizeof(int) * file_count)> bytes;
};

int send_message(int socket, const msghdr& what) {
  while (::sendmsg(socket, &what, MSG_NOSIGNAL) < 0)
    if (errno != EINTR)
      return errno;
  return 0;
}

ssize_t receive_message(int socket, msghdr& into) {
  for (;;) {
    const auto size = ::recvmsg(socket, &into, MSG_CMSG_CLOEXEC);
    if (size >= 0 || errno != EINTR)
      return size;
  }
}

/// The descriptors of a message; none open where some were lost on the way, as where a process has
/// as many as it may.
request_files files_of(msghdr& message) {
  std::array<unique_fd, file_count> got;
  const auto* control = CMSG_FIRSTHDR(&message);
  if (control == nullptr || control->cmsg_type != SCM_RIGHTS)
    return {};
  const auto count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (std::size_t i = 0; i < count && i < file_count; ++i) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(control) + i * sizeof(int), sizeof(int));
    got[i] = unique_fd{fd};
  }
  if (count != file_count || (message.msg_flags & MSG_CTRUNC) != 0)
    return {};
  return {std::move(got[0]), std::move(got[1]), std::move(got[2])};
}

}  // namespace

int send(int socket, const request& what, const request_files& files) {
  const auto unpack = what.unpack.value_or(unpack_limits{.members = -1});
  request_head head{what.cpu_seconds,    what.memory_bytes, what.output_bytes, unpack.members,
                    unpack.member_bytes, unpack.bytes,      what.kind.size()};
  if (sizeof(head) + what.kind.size() + what.file_name.size() > most_bytes)
    return EMSGSIZE;
  std::array<iovec, 3> parts{
      iovec{&head, sizeof(head)}, iovec{const_cast<char*>(what.kind.data()), what.kind.size()},
      iovec{const_cast<char*>(what.file_name.data()), what.file_name.size()}};
  control_buffer control{};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  message.msg_control = control.bytes.data();
  message.msg_controllen = control.bytes.size();
  auto* rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int) * file_count);
  const std::array<int, file_count> sent{files.input.get(), files.output.get(), files.errors.get()};
  std::memcpy(CMSG_DATA(rights), sent.data(), sizeof(sent));
  return send_message(socket, message);
}

int send(int socket, const answer& what) {
  iovec part{const_cast<answer*>(&what), sizeof(what)};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  return send_message(socket, message);
}

std::optional<received_request> receive_request(int socket) {
  std::array<char, most_bytes> bytes;
  iovec part{bytes.data(), bytes.size()};
  control_buffer control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = control.bytes.size();
  const auto size = receive_message(socket, message);
  if (size < 0)
    return std::nullopt;
  auto files = files_of(message);
  request_head head{};
  if (static_cast<std::size_t>(size) < sizeof(head))
    return std::nullopt;
  std::memcpy(&head, bytes.data(), sizeof(head));
  const std::string_view rest{bytes.data() + sizeof(head),
                              static_cast<std::size_t>(size) - sizeof(head)};
  if (head.kind_size > rest.size())
    return std::nullopt;
  std::optional<unpack_limits> unpack;
  if (head.members >= 0)
    unpack = unpack_limits{
        .members = head.members, .member_bytes = head.member_bytes, .bytes = head.unpacked_bytes};
  return received_request{{.kind = std::string{rest.substr(0, head.kind_size)},
                           .file_name = std::string{rest.substr(head.kind_size)},
                           .cpu_seconds = head.cpu_seconds,
                           .memory_bytes = head.memory_bytes,
                           .output_bytes = head.output_bytes,
                           .unpack = unpack},
                          std::move(files)};
}

std::optional<answer> receive_answer(int socket) {
  answer got;
  iovec part{&got, sizeof(got)};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (receive_message(socket, message) != static_cast<ssize_t>(sizeof(got)))
    return std::nullopt;
  return got;
}

}  // namespace millrace::ingest::pool
