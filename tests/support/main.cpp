#include "tests/support/session.hpp"

int main(int argc, char** argv) {
  millrace::tests::session session;
  if (const auto end = session.read(argc, argv))
    return *end;
  return session.run();
}
