#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

TEST_CASE("what root submits into the folder of a service belongs to the service") {
  if (::geteuid() != 0) {
    WARN("only root can give files away");
    return;
  }
  const millrace::tests::sandbox in;
  const auto file = in.write("a.md", "# A\n\nSome text.\n");
  const auto submit = "millrace submit " + file + " --runtime.data_dir ";
  const auto done = in.shell(
      "cd && mkdir service own && chown 12345:12345 service && " + submit + "service/data && " +
      submit + "own/data && find service ! -user 12345 && find own ! -user 0 && ls service/data");
  INFO(done.err);
  CHECK(done.code == 0);
  // No `find` has anything to say.
  CHECK_THAT(done.out, Catch::Contains("millrace.db"));
  CHECK_THAT(done.out, !Catch::Contains("service/") && !Catch::Contains("own/"));
}
