#include "tests/support/http_server/behaviour.hpp"
#include "tests/support/http_server/connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <thread>

/// A service of embeddings and of parsing that misbehaves as it is told, for tests:
///   millrace-test-http-server [PORT]
/// prints its port, and serves on 127.0.0.1 until it is ended, or its parent is:
///   POST /v1/embeddings  as OpenAI's, with vectors that depend on the texts alone
///   GET /v1/models       one model
///   POST /v1/upload, GET /v1/job/ID, GET /v1/job/ID/result/markdown
///                        as LlamaParse's, with the name of the file as its text
///   POST /v1/jobs        the payload's own "answer", or an advance with the whole job as output
///   POST /control        lines: see behaviour.hpp
///   GET /control         what was asked for so far, as JSON
///   GET /control/upload  the last form that was uploaded
int main(int argc, char** argv) {
  using namespace millrace;
  using namespace millrace::tests::http_server;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGPIPE, SIG_IGN);
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(argc > 1 ? static_cast<std::uint16_t>(std::stoi(argv[1])) : 0);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      listen(listener, 512) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::perror("cannot listen");
    return 1;
  }
  std::printf("%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  director script;
  for (;;) {
    const int client = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0)
      std::thread{[client, &script] { serve(client, script); }}.detach();
  }
}
