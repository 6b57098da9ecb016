#include "tests/support/store_fixture.hpp"

#include <memory>
#include <stdexcept>
#include <string>

namespace millrace::storage::testing {
namespace {

using pipeline::advance;
using pipeline::effects::write_output;

constexpr auto own_tables = "create table own_rows (job_id bigint not null, n integer not null);\n";

class add_row final : public pipeline::application_effect {
 public:
  explicit add_row(int n) : n_(n) {}

  void write(connection& on, job_id job, time_point) const override {
    on.session() << "insert into own_rows (job_id, n) values (:job, :n)", soci::use(job),
        soci::use(n_);
    if (n_ < 0)
      throw std::runtime_error{"a row like that is not wanted"};
  }

 private:
  int n_;
};

struct application_fixture : store_fixture {
  application_fixture() { make_tables(own_tables); }

  void make_tables(const std::string& script) {
    auto settings = database.settings();
    settings.application_schema = script;
    connection other{settings};
    migrate(other, now);
  }
  std::int64_t rows_of(job_id id) {
    return ask("select count(*) from own_rows where job_id = " + std::to_string(id));
  }
};

TEST_CASE_METHOD(application_fixture,
                 "what an application writes is there with its transition, and not without") {
  const auto job = working();
  SECTION("the job moves on") {
    REQUIRE(settle(job, advance{{write_output{"1"}, std::make_shared<add_row>(1)}}));
    CHECK(rows_of(job.id) == 1);
    CHECK(find(job.id).output == "1");
  }
  SECTION("the fence does not hold") {
    auto old = job;
    --old.epoch;
    CHECK_FALSE(settle(old, advance{{std::make_shared<add_row>(1)}}));
    CHECK(rows_of(job.id) == 0);
  }
  SECTION("it is cancelled") {
    store.control.cancel(job.id, "ann", now);
    REQUIRE(settle(job, advance{{std::make_shared<add_row>(1)}}));
    CHECK(rows_of(job.id) == 0);
  }
  SECTION("the effect throws") {
    CHECK_THROWS_AS(settle(job, advance{{write_output{"1"}, std::make_shared<add_row>(-1)}}),
                    error);
    CHECK(rows_of(job.id) == 0);
    CHECK(find(job.id).state == job_state::working);
    CHECK(find(job.id).output.empty());
    // The connection goes on, and so does the job.
    REQUIRE(settle(job, advance{{std::make_shared<add_row>(2)}}));
    CHECK(rows_of(job.id) == 1);
  }
}

TEST_CASE_METHOD(application_fixture, "the tables of an application are made once") {
  REQUIRE(settle(working(), advance{{std::make_shared<add_row>(1)}}));
  make_tables(own_tables);
  CHECK(ask("select count(*) from own_rows") == 1);
  make_tables(
      "create table if not exists own_rows (job_id bigint not null, n integer not null);\n"
      "create table more_rows (job_id bigint not null);\n");
  CHECK(ask("select count(*) from own_rows") + ask("select count(*) from more_rows") == 1);
}

TEST_CASE_METHOD(store_fixture, "tables that cannot be made leave nothing, and say why") {
  auto settings = database.settings();
  settings.application_schema =
      "create table own_rows (job_id bigint not null);\ncreate table own_rows (n integer);\n";
  connection other{settings};
  CHECK_THROWS_WITH(migrate(other, now), Catch::Contains("own_rows"));
  CHECK_THROWS(ask("select count(*) from own_rows"));
}

}  // namespace
}  // namespace millrace::storage::testing
