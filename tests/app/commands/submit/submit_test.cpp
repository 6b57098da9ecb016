#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>

using millrace::tests::sandbox;
using nlohmann::json;

namespace {

namespace fs = std::filesystem;

}  // namespace

TEST_CASE("submit makes a job of a file, on a machine that knows nothing of millrace") {
  const sandbox in;
  const auto file = in.write("a.md", "# A\n\nText.\n");
  const auto done = in.millrace({"submit", file});
  CHECK(done.err.empty());
  CHECK(done.code == 0);
  CHECK_THAT(done.out, Catch::Matches("1\t[0-9a-f-]{36}\t" + file + "\t\t\n"));
  const auto made = job_document(in, 1);
  CHECK(made["pipeline"] == "ingest");
  CHECK(made["stage"] == "queued");
  CHECK(made["state"] == "queued");
  CHECK(made["payload"]["path"] == file);
  CHECK(made["payload"]["owner"] == "default");
  CHECK(made["payload"]["sha256"].get<std::string>().size() == 64);
  CHECK(fs::status(in.folder() / ".local/share/millrace").permissions() == fs::perms::owner_all);
}

TEST_CASE("submit takes the files of a folder and its folders, sorted, and names what it skips") {
  const sandbox in;
  for (const auto* name : {"d/c.md", "d/a.md", "d/b/z.md", "elsewhere/e.md"})
    in.write(name, name);
  fs::create_symlink("a.md", in.folder() / "d/link.md");
  fs::create_directory_symlink("../elsewhere", in.folder() / "d/folder");
  fs::create_symlink("nothing", in.folder() / "d/broken");
  REQUIRE(mkfifo((in.folder() / "d/pipe").c_str(), 0600) == 0);
  const auto done = in.millrace({"submit", (in.folder() / "d").string(), "--json"});
  CHECK(done.code == 0);
  const auto said = json::parse(done.out);
  std::vector<std::string> names;
  for (const auto& one : said["jobs"])
    names.push_back(
        fs::path{one["path"].get<std::string>()}.lexically_relative(fs::canonical(in.folder())));
  CHECK(names == std::vector<std::string>{"d/a.md", "d/b/z.md", "d/c.md", "d/link.md"});
  CHECK(said["skipped"].size() == 3);
  CHECK_THAT(done.err, Catch::Contains("d/folder: it is a link to a folder") &&
                           Catch::Contains("d/broken: it is a link to nothing") &&
                           Catch::Contains("d/pipe: it is a pipe") && Catch::Contains("3 skipped"));
}

TEST_CASE("submit leaves hidden, temporary and ignored files of a folder out, unless told not to") {
  const sandbox in;
  for (const auto* name : {"d/a.md", "d/.git/HEAD", "d/.DS_Store", "d/b.md~", "d/node_modules/x.js",
                           "d/out/made.md", "d/keep.log", "d/other.log", "d/.notes/n.md"})
    in.write(name, name);
  in.write("d/.gitignore", "out/\n*.log\n!keep.log\n");
  in.write("d/.millraceignore", "!.notes\n");
  const auto folder = (in.folder() / "d").string();
  const auto names = [&](const std::vector<std::string>& words) {
    std::vector<std::string> all;
    const auto said = json::parse(in.millrace(words).out);
    for (const auto& one : said["jobs"])
      all.push_back(
          fs::path{one["path"].get<std::string>()}.lexically_relative(fs::canonical(folder)));
    return all;
  };
  CHECK(names({"submit", folder, "--json"}) ==
        std::vector<std::string>{".notes/n.md", "a.md", "keep.log"});
  CHECK(names({"submit", folder, "--json", "--all"}).size() == 11);
  CHECK(json::parse(in.millrace({"submit", folder, "--json"}).out)["ignored"] == 8);
}

TEST_CASE("files are submitted with what every job can have, which their documents keep") {
  const sandbox in;
  const auto file = in.write("a.md", "a");
  REQUIRE(in.millrace({"submit", file, "--tag", "blue", "--tenant", "acme", "--priority", "3",
                       "--correlation", "c-1", "--collection", "notes"})
              .code == 0);
  const auto made = job_document(in, 1);
  CHECK(made["tags"] == json{"blue"});
  CHECK(made["tenant"] == "acme");
  CHECK(made["priority"] == 3);
  CHECK(made["correlation_id"] == "c-1");
  REQUIRE(in.millrace({"run", "--until-idle"}).code == 0);
  const auto known = json::parse(in.millrace({"documents", "--json"}).out);
  REQUIRE(known.size() == 1);
  CHECK(known[0]["collection"] == "notes");
  CHECK(known[0]["tags"] == json{"blue"});
  CHECK(in.millrace({"submit", file, "--unique", "x"}).code == 2);
}

TEST_CASE("submit follows a link to a folder that is named") {
  const sandbox in;
  in.write("d/a.md", "a");
  fs::create_directory_symlink("d", in.folder() / "link");
  CHECK(json::parse(in.millrace({"submit", (in.folder() / "link").string(), "--json"}).out)["jobs"]
            .size() == 1);
}

TEST_CASE("submit tells a path that does not exist, and goes on with the rest") {
  const sandbox in;
  const auto file = in.write("a.md", "a");
  const auto done = in.millrace({"submit", "/nowhere/x.md", file});
  CHECK(done.code == 1);
  CHECK_THAT(done.err, Catch::Contains("cannot submit /nowhere/x.md"));
  CHECK_THAT(done.out, Catch::StartsWith("1\t"));
}

TEST_CASE("submit names the first job of bytes that it has seen before") {
  const sandbox in;
  const auto one = in.write("one.md", "same");
  const auto two = in.write("two.md", "same");
  const auto done = json::parse(in.millrace({"submit", one, two, "--json"}).out);
  CHECK(done["jobs"][0]["code"] == "");
  CHECK(done["jobs"][1]["code"] == "UPLOAD_DEDUP_HIT");
  CHECK(done["jobs"][1]["message"] == "the same bytes were submitted with job 1");
  CHECK(done["jobs"][1]["document_id"] == done["jobs"][0]["document_id"]);
  const auto other = json::parse(in.millrace({"submit", one, "--owner", "ada", "--json"}).out);
  CHECK(other["jobs"][0]["code"] == "");
  CHECK(other["jobs"][0]["document_id"] != done["jobs"][0]["document_id"]);
}

TEST_CASE("submit makes a job of a file that cannot be taken in, and says why") {
  const sandbox in;
  const auto empty = in.write("empty.md", "");
  const auto evil = in.write("evil\nname.md", "text");
  const auto done = in.millrace({"submit", empty, evil, "--json"});
  CHECK(done.code == 0);
  const auto jobs = json::parse(done.out)["jobs"];
  CHECK(jobs[0]["code"] == "FILE_EMPTY");
  CHECK(jobs[0]["document_id"] == "");
  CHECK(jobs[1]["code"] == "FILE_NAME_INVALID");
  CHECK(jobs[1]["path"] == evil);
  CHECK_THAT(in.millrace({"jobs"}).out, Catch::Contains("evil\\nname.md"));
  CHECK_FALSE(job_document(in, 1)["payload"].contains("sha256"));
}

TEST_CASE("submit writes more jobs than fit one transaction") {
  const sandbox in;
  for (int i = 0; i < 1500; ++i)
    in.write(fmt::format("d/{:04}.txt", i), fmt::format("text {}", i));
  const auto done = in.shell("millrace submit " + (in.folder() / "d").string() + " | wc -l");
  CHECK(done.out == "1500\n");
  CHECK(json::parse(in.millrace({"jobs", "--limit", "2000", "--json"}).out).size() == 1500);
}

TEST_CASE("submit is not kept from its work by a reader that has seen enough") {
  const sandbox in;
  for (int i = 0; i < 1500; ++i)
    in.write(fmt::format("d/{:04}.txt", i), fmt::format("text {}", i));
  const auto head = in.shell("millrace submit " + (in.folder() / "d").string() + " | head -1");
  CHECK(head.err.empty());
  CHECK(json::parse(in.millrace({"jobs", "--limit", "2000", "--json"}).out).size() == 1500);
}

TEST_CASE("submit makes a job of any pipeline") {
  const sandbox in;
  const std::vector<std::string> pipeline{"--pipeline.p.stages", "one", "--stage.p.one.handler",
                                          "noop"};
  const auto submit = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "submit");
    words.insert(words.end(), pipeline.begin(), pipeline.end());
    return in.millrace(words);
  };
  CHECK(submit({"--pipeline", "p", "--payload", "{\"a\": 1}", "--priority", "7"}).code == 0);
  CHECK(job_document(in, 1)["payload"]["a"] == 1);
  CHECK(job_document(in, 1)["priority"] == 7);
  CHECK(submit({"--pipeline", "p", "--payload", "{a"}).code == 2);
  CHECK(submit({"--pipeline", "q"}).code == 2);
  CHECK(submit({"--payload", "{}"}).code == 2);
  CHECK(submit({"--pipeline", "p", "file"}).code == 2);
  CHECK(submit({}).code == 2);
  CHECK(submit({"--owner", "../x", "file"}).code == 2);
}

TEST_CASE("submit --wait ends with 1 when a job was cancelled, and says which") {
  const sandbox in;
  const auto file = in.write("a.md", "a");
  const auto waiting = in.start({"submit", file, "--wait"});
  waiting.wait_for_error("no runtime is running");
  CHECK(in.millrace({"cancel", "1"}).code == 0);
  const auto done = waiting.wait();
  CHECK(done.code == 1);
  CHECK_THAT(done.err,
             Catch::Contains("job 1 is cancelled") && Catch::Contains("0 done, 1 failed"));
}

TEST_CASE("submit --wait gives up on Ctrl-C without harm to the jobs") {
  const sandbox in;
  const auto file = in.write("a.md", "a");
  const auto waiting = in.start({"submit", file, "--wait"});
  waiting.wait_for_error("no runtime is running");
  waiting.signal(SIGINT);
  CHECK(waiting.wait().code == 130);
  CHECK(job_document(in, 1)["state"] == "queued");
}
