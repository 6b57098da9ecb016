#include "storage/db/database.hpp"
#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <soci/soci.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

// Archives and mail in the real runtime: what they hold are jobs of their own.
namespace {

using namespace millrace;
using namespace std::chrono_literals;
using tests::sandbox;

constexpr auto write_zip = R"(python3 - <<'END'
import io, zipfile
inner = io.BytesIO()
with zipfile.ZipFile(inner, "w") as z:
    z.writestr("deep.txt", "the mill pond is full of herons\n")
with zipfile.ZipFile("all.zip", "w") as z:
    z.writestr("Grüße.md", "# Greetings\n\nthe water wheel turns\n")
    z.writestr("in/inner.zip", inner.getvalue())
    z.writestr("photo.bin", bytes(range(256)))
    for i in range(40):
        z.writestr(f"notes/{i}.txt", f"note {i} on millstones\n")
END
)";

std::string one_of(const sandbox& in, const std::string& sql) {
  storage::connection on{
      {.url = "sqlite:" + (in.folder() / ".local/share/millrace/millrace.db").string()}};
  std::string answer;
  on.session() << sql, soci::into(answer);
  return answer;
}

/// What must be there once, however often the runtime died.
void check_members(const sandbox& in) {
  CHECK(one_of(in, "select count(*) || '' from jobs where state <> 'done'") == "0");
  // The zip, 42 members of it, and one member of the zip within.
  CHECK(one_of(in, "select count(*) || '' from jobs") == "44");
  CHECK(one_of(in, "select count(*) || '' from children where parent_id = 1") == "42");
  CHECK(one_of(in, "select count(*) || '' from documents") == "44");
  CHECK(one_of(in,
               "select count(*) || '' from (select source_path from documents group by source_path "
               "having count(*) > 1)") == "0");
}

}  // namespace

TEST_CASE("a zip is a parent whose files are found") {
  const sandbox in;
  REQUIRE(in.shell("cd \"$HOME\" && " + std::string{write_zip}).code == 0);
  const auto zip = (in.folder() / "all.zip").string();
  REQUIRE(in.millrace({"submit", zip, "--priority", "3"}).code == 0);
  const auto run = in.millrace({"run", "--until-idle"});
  INFO(run.err);
  CHECK(run.code == 0);
  check_members(in);
  CHECK(job_document(in, 1)["children"] == nlohmann::json{{"done", 42}});
  const auto child = job_document(in, 2);
  CHECK(child["parent"] == 1);
  CHECK(child["priority"] == 3);
  CHECK(one_of(in, "select source_path from documents where name = 'deep.txt'") ==
        zip + "!/in/inner.zip!/deep.txt");
  CHECK(one_of(in, "select warnings from documents where name = 'all.zip'").find("photo.bin") !=
        std::string::npos);
  CHECK_THAT(in.millrace({"search", "herons on the pond", "--json"}).out,
             Catch::Contains("deep.txt"));
}

TEST_CASE("a zip that is submitted again makes no member twice") {
  const sandbox in;
  REQUIRE(in.shell("cd \"$HOME\" && " + std::string{write_zip}).code == 0);
  const auto zip = (in.folder() / "all.zip").string();
  REQUIRE(in.millrace({"submit", zip}).code == 0);
  REQUIRE(in.millrace({"run", "--until-idle"}).code == 0);
  REQUIRE(in.millrace({"submit", zip}).code == 0);
  REQUIRE(in.millrace({"run", "--until-idle"}).code == 0);
  CHECK(one_of(in, "select count(*) || '' from jobs") == "45");
  CHECK(one_of(in, "select count(*) || '' from documents") == "44");
  CHECK(one_of(in, "select count(*) || '' from children") == "43");
}

TEST_CASE("a runtime that is killed while it unpacks makes each member once") {
  const sandbox in;
  REQUIRE(in.shell("cd \"$HOME\" && " + std::string{write_zip}).code == 0);
  REQUIRE(in.millrace({"submit", (in.folder() / "all.zip").string()}).code == 0);
  const auto blobs = in.folder() / ".local/share/millrace/blobs/raw";
  const auto stored = [&] {
    std::size_t count = 0;
    std::error_code ignored;
    using walk = std::filesystem::recursive_directory_iterator;
    for (walk at{blobs, ignored}, end; !ignored && at != end; at.increment(ignored))
      ++count;
    return count;
  };
  // Killed when some members are stored, and when all are: a third crash would be charged to the
  // job.
  for (const std::size_t most : {3U, 43U}) {
    const auto runtime = in.start({"run", "--until-idle", "--runtime.lease", "1s"});
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (stored() < most && !runtime.has_ended()) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      std::this_thread::yield();
    }
    runtime.signal(SIGKILL);
    static_cast<void>(runtime.wait());
  }
  const auto run = in.millrace({"run", "--until-idle"});
  INFO(run.err);
  CHECK(run.code == 0);
  check_members(in);
}
