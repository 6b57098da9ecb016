#include "app/screen/model.hpp"

#include "app/screen/layout.hpp"
#include "tests/app/screen/sample.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace millrace;
using namespace millrace::app;
using actors::order;
using millrace::tests::sample_picture;

namespace {

struct model_fixture {
  screen_model model{"ann"};

  explicit model_fixture(snapshot seen = sample_picture()) { show(std::move(seen)); }

  /// A snapshot of what is wanted now.
  void show(snapshot seen) {
    seen.asked = model.wanted();
    model.show(std::move(seen));
  }

  response press(std::u32string_view pressed) {
    response last;
    for (const auto one : pressed) {
      last = model.press(one);
      show(*model.state().seen);
    }
    return last;
  }

  pane_id pane() const { return model.wanted().in; }
  std::string selected() const { return selected_id(model.state()); }
  const std::string& said() const { return model.state().said; }
  std::string asked() const {
    const auto* open = std::get_if<question>(&model.state().asks);
    return open == nullptr ? "" : open->text;
  }
};

snapshot many_actors(int count) {
  auto seen = sample_picture();
  seen.actors.actors.clear();
  for (int i = 0; i < count; ++i)
    seen.actors.actors.push_back({.name = fmt::format("actor {:03}", i), .state = "working"});
  return seen;
}

}  // namespace

TEST_CASE("screen: numbers and Tab show the views, q quits") {
  model_fixture on;
  CHECK(on.pane() == pane_id::overview);
  on.press(U"4");
  CHECK(on.pane() == pane_id::jobs);
  on.press({&keys::tab, 1});
  CHECK(on.pane() == pane_id::events);
  on.press({&keys::back_tab, 1});
  on.press({&keys::back_tab, 1});
  CHECK(on.pane() == pane_id::actors);
  on.press(U"1");
  on.press({&keys::back_tab, 1});
  CHECK(on.pane() == panes().back().id);
  on.press({&keys::tab, 1});
  CHECK(on.pane() == pane_id::overview);
  on.press(U"9");
  CHECK(on.pane() == pane_id::overview);
  CHECK_FALSE(on.press(U"x").quit);
  CHECK(on.press(U"q").quit);
}

TEST_CASE("screen: a long list scrolls, and the selected row is always visible") {
  model_fixture on{many_actors(100)};
  on.press(U"3");
  const auto visible = [&] {
    const auto& where = on.model.state().cursors.at(pane_id::actors);
    return where.top <= where.at && where.at < where.top + visible_rows(on.model.state());
  };
  CHECK(on.selected() == "actor 000");
  on.press(U"jjk");
  CHECK(on.selected() == "actor 001");
  on.press(U"G");
  CHECK(on.selected() == "actor 099");
  CHECK(visible());
  on.press({&keys::down, 1});
  CHECK(on.selected() == "actor 099");
  on.press({&keys::page_up, 1});
  CHECK(on.selected() == fmt::format("actor {:03}", 99 - visible_rows(on.model.state())));
  CHECK(visible());
  on.press(U"G");
  on.model.resize(10, 40);
  CHECK(visible());
  on.model.resize(3, 40);
  CHECK(visible());
  on.press(U"gk");
  CHECK(on.selected() == "actor 000");
  CHECK(visible());
}

TEST_CASE("screen: the cursor stays at its row when others come and go") {
  model_fixture on{many_actors(10)};
  on.press(U"3jjj");
  auto next = many_actors(10);
  next.actors.actors.erase(next.actors.actors.begin());
  on.show(next);
  CHECK(on.selected() == "actor 003");
  // Its own row has gone: the one in its place.
  next.actors.actors.resize(2);
  on.show(next);
  CHECK(on.selected() == "actor 002");
  on.show(many_actors(0));
  CHECK(on.selected().empty());
}

TEST_CASE("screen: at the first row, the cursor stays there") {
  model_fixture on;
  on.press(U"5");
  CHECK(on.selected() == "3");
  auto next = sample_picture();
  next.events.events.push_back({.id = 4, .type = "retry"});
  on.show(next);
  CHECK(on.selected() == "4");
}

TEST_CASE("screen: a filter shows the rows that contain a text") {
  model_fixture on;
  on.press(U"3/ST");
  CHECK(listed(on.model.state()).rows.size() == 2);
  // Keys that mean something elsewhere are text here.
  on.press(U"q");
  CHECK(listed(on.model.state()).rows.empty());
  on.press({&keys::backspace, 1});
  on.press({&keys::enter, 1});
  on.press(U"j");
  CHECK(on.selected() == "stage:ingest.parsing");
  on.press(U"2");
  CHECK(listed(on.model.state()).rows.size() == 4);
  on.press(U"3");
  CHECK(listed(on.model.state()).rows.size() == 2);
  on.press({&keys::escape, 1});
  CHECK(listed(on.model.state()).rows.size() == 4);
  CHECK(on.selected() == "stage:ingest.parsing");
  on.press(U"/x");
  on.press({&keys::escape, 1});
  CHECK(listed(on.model.state()).rows.size() == 4);
}

TEST_CASE("screen: Enter on a stage lists its jobs, and s those in one state") {
  model_fixture on;
  on.press(U"2j");
  on.press({&keys::enter, 1});
  CHECK(on.pane() == pane_id::jobs);
  CHECK(on.model.wanted().jobs.pipeline == "ingest");
  CHECK(on.model.wanted().jobs.stage == "parsing");
  on.press(U"s");
  CHECK(on.model.wanted().jobs.state == pipeline::job_state::queued);
  on.press(U"sssss");
  CHECK(on.model.wanted().jobs.state == pipeline::job_state::cancelled);
  on.press(U"s");
  CHECK_FALSE(on.model.wanted().jobs.state);
  on.press({&keys::escape, 1});
  CHECK(on.model.wanted().jobs.stage.empty());
}

TEST_CASE("screen: jobs of another filter are not shown as those that are wanted") {
  model_fixture on;
  on.press(U"4");
  CHECK(listed(on.model.state()).rows.size() == 2);
  on.model.press(U's');
  CHECK(listed(on.model.state()).rows.empty());
  CHECK(on.model.press(U'c').order == std::nullopt);
  CHECK(on.asked().empty());
}

TEST_CASE("screen: a stage is paused and resumed after a question") {
  model_fixture on;
  on.press(U"2p");
  CHECK(on.asked() == "pause job_validated of ingest, in all runtimes?");
  // Whatever is no answer changes nothing.
  CHECK_FALSE(on.press(U"jx3").order);
  CHECK_FALSE(on.asked().empty());
  CHECK_FALSE(on.press(U"n").order);
  CHECK(on.asked().empty());
  on.press(U"p");
  const auto given = on.press(U"y").order;
  REQUIRE(given);
  CHECK(given->what == order::pause);
  CHECK(given->pipeline == "ingest");
  CHECK(given->stage == "job_validated");
  CHECK(given->by == "ann");
  CHECK(on.asked().empty());

  on.press(U"jjp");
  CHECK(on.asked() == "resume embedding of ingest, in all runtimes?");
  CHECK(on.press(U"y").order->what == order::resume);
  on.press(U"1p");
  CHECK_FALSE(on.asked().empty());
}

TEST_CASE("screen: a job is retried, cancelled and replayed after a question") {
  model_fixture on;
  on.press(U"4jr");
  CHECK(on.asked() == "retry job 7, deadletter at parsing, now?");
  auto given = on.press(U"y").order;
  REQUIRE(given);
  CHECK(given->what == order::retry);
  CHECK(given->job == 7);
  on.press(U"c");
  given = on.press(U"y").order;
  REQUIRE(given);
  CHECK(given->what == order::cancel);
  CHECK(given->job == 7);

  on.press(U"R");
  on.press({&keys::up, 1});
  on.press({&keys::enter, 1});
  CHECK(on.asked() == "replay job 7 from job_validated?");
  given = on.press(U"y").order;
  REQUIRE(given);
  CHECK(given->what == order::replay);
  CHECK(given->stage == "job_validated");
  on.press(U"R");
  on.press({&keys::escape, 1});
  CHECK(std::holds_alternative<std::monostate>(on.model.state().asks));
  // Round and round, and what is typed goes as it is.
  on.press(U"R");
  on.press({&keys::down, 1});
  on.press({&keys::down, 1});
  for (int i = 0; i < 20; ++i)
    on.press({&keys::backspace, 1});
  on.press(U"parsing");
  on.press({&keys::enter, 1});
  CHECK(on.press(U"y").order->stage == "parsing");
}

TEST_CASE("screen: the runtime is drained and stopped after a question") {
  model_fixture on;
  on.press(U"D");
  CHECK_THAT(on.asked(), Catch::StartsWith("drain runtime 3"));
  CHECK(on.press(U"y").order->what == order::drain);
  on.press(U"S");
  CHECK_THAT(on.asked(), Catch::StartsWith("stop runtime 3"));
  CHECK_FALSE(on.press({&keys::escape, 1}).order);
  CHECK_FALSE(on.press(U"y").order);
}

TEST_CASE("screen: what cannot be asked for is said, until the next key") {
  model_fixture on;
  on.press(U"3p");
  CHECK_THAT(on.said(), Catch::Contains("press 2"));
  on.press(U"j");
  CHECK(on.said().empty());
  on.press(U"c");
  CHECK_THAT(on.said(), Catch::Contains("press 4"));
  on.press(U"s");
  CHECK_THAT(on.said(), Catch::Contains("press 4"));
  on.model.hear({false, "job 7 is done"});
  CHECK(on.said() == "job 7 is done");
  CHECK_FALSE(on.model.state().said_well);
}

TEST_CASE("screen: while no runtime answers, nothing is ordered") {
  model_fixture on;
  on.press(U"D");
  on.model.lose("the runtime went away");
  // The next runtime is another one than was asked about.
  CHECK(on.asked().empty());
  on.model.press(U'S');
  CHECK(on.asked().empty());
  CHECK_THAT(on.said(), Catch::Contains("not sent"));
  on.model.press(U'4');
  on.model.press(U'R');
  CHECK(std::holds_alternative<std::monostate>(on.model.state().asks));
  on.show(sample_picture());
  on.press(U"S");
  CHECK_FALSE(on.asked().empty());
}

TEST_CASE("screen: before the first picture every key is harmless") {
  screen_model model{"ann"};
  model.lose("no runtime");
  for (const key one : U"123456789jkgG/ab\x7FsprRcDS?x")
    model.press(one);
  for (key one = keys::up; one <= keys::backspace; ++one)
    model.press(one);
  model.press(keys::escape);
  CHECK(model.press(U'q').quit);
}

TEST_CASE("screen: a job is opened from the jobs and from the events, and left again") {
  model_fixture on;
  on.press(U"4j");
  on.press({&keys::enter, 1});
  CHECK(on.model.wanted().job == 7);
  on.press({&keys::escape, 1});
  CHECK_FALSE(on.model.wanted().job);
  CHECK(on.selected() == "7");
  on.press(U"5");
  on.press({&keys::enter, 1});
  REQUIRE(on.model.wanted().job == 7);
  // Its page is not there yet.
  on.press(U"c");
  CHECK(on.asked().empty());
  auto seen = sample_picture();
  seen.job = actors::job_view{.job = seen.jobs.jobs[1]};
  on.show(seen);
  on.press(U"c");
  CHECK_THAT(on.asked(), Catch::Contains("cancel job 7"));
  on.press(U"n");
  on.press(U"1");
  CHECK_FALSE(on.model.wanted().job);
}

TEST_CASE("screen: how busy an actor is, is the time between two pictures") {
  using namespace std::chrono_literals;
  auto before = sample_picture();
  auto after = before;
  after.taken_at += 2s;
  after.actors.actors[0].busy_us += 500'000;
  after.actors.actors[1].busy_us = 0;  // restarted
  after.actors.actors.push_back({.name = "new"});
  const auto busy = measure_busy(before, after);
  CHECK(busy.at("supervisor") == 25);
  CHECK(busy.at("poller") == 0);
  CHECK(busy.count("store") == 0);
  CHECK(busy.count("new") == 0);
  after.runtime.runtime_id = 4;
  CHECK(measure_busy(before, after).empty());
  CHECK(measure_busy(before, before).empty());
}
