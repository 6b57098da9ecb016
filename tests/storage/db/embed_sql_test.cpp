#include "tests/support/paths.hpp"
#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

/// The build's check that every dialect has every statement (cmake/embed_sql.cmake).
namespace millrace::storage::testing {
namespace {

struct sql_folder {
  temporary_folder folder;

  sql_folder() {
    add("common/both.sql", "select 1");
    for (const auto* dialect : {"one", "two"}) {
      add(fmt::format("{}/own.sql", dialect), "-- Differs because.\nselect ';', 2");
      add(fmt::format("{}/migrations/0001_first.sql", dialect),
          "-- Works with version 1.\ncreate table t (a int)");
    }
  }

  void add(const std::string& name, const std::string& text) {
    const auto path = folder.path() / "sql" / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path} << text << '\n';
  }

  bool embeds() {
    const auto command =
        fmt::format("cmake -D SOURCE={0}/sql -D OUTPUT={0}/out.cpp -P {1} 2>{0}/log",
                    folder.path().string(), tests::source_path("cmake/embed_sql.cmake"));
    return std::system(command.c_str()) == 0;
  }

  std::string read(const char* name) {
    std::ifstream file{folder.path() / name};
    return {std::istreambuf_iterator<char>{file}, {}};
  }
};

TEST_CASE_METHOD(sql_folder, "statements are embedded without their comments") {
  REQUIRE(embeds());
  const auto made = read("out.cpp");
  CHECK(made.find("{\"two\", \"own\", R\"sql(select ';', 2)sql\", 0}") != std::string::npos);
  CHECK(made.find("{\"common\", \"both\", R\"sql(select 1)sql\", 0}") != std::string::npos);
  CHECK(made.find("0001_first") != std::string::npos);
}

TEST_CASE_METHOD(sql_folder, "a statement that one dialect lacks fails the build") {
  add("two/more.sql", "-- Differs.\nselect 3");
  CHECK_FALSE(embeds());
  CHECK(read("log").find("one/more.sql is missing") != std::string::npos);
}

TEST_CASE_METHOD(sql_folder, "a statement may say that only its dialect has it") {
  add("two/more.sql", "-- Two only: one does it in own.sql.\nselect 3");
  CHECK(embeds());
}

TEST_CASE_METHOD(sql_folder, "a migration that one dialect lacks fails the build") {
  add("one/migrations/0002_second.sql", "-- Works with version 1.\ncreate table u (a int)");
  CHECK_FALSE(embeds());
  CHECK(read("log").find("two/migrations/0002_second.sql is missing") != std::string::npos);
}

TEST_CASE_METHOD(sql_folder, "a migration that does not say what it works with fails the build") {
  for (const auto* dialect : {"one", "two"})
    add(fmt::format("{}/migrations/0002_second.sql", dialect), "create table u (a int)");
  CHECK_FALSE(embeds());
  CHECK(read("log").find("does not say which") != std::string::npos);
}

TEST_CASE_METHOD(sql_folder, "a statement both in common and in a dialect fails the build") {
  add("common/own.sql", "select 4");
  CHECK_FALSE(embeds());
  CHECK(read("log").find("own.sql stands in common and in") != std::string::npos);
}

TEST_CASE_METHOD(sql_folder, "a dialect's statement that does not say why it differs fails") {
  add("one/own.sql", "select 5");
  CHECK_FALSE(embeds());
  CHECK(read("log").find("does not open with why it differs") != std::string::npos);
}

}  // namespace
}  // namespace millrace::storage::testing
