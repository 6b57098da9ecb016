#include "actors/stage/batch_run.hpp"
#include "tests/actors/stage/batch_fixture.hpp"

#include <catch2/catch.hpp>

#include <span>
#include <vector>

namespace {

using namespace millrace;
using namespace millrace::actors;
using pipeline::effects::write_output;

struct answering_airport : testing::batch_fixture {
  /// What becomes of a job whose handler is that.
  pipeline::outcome fly(pipeline::stage_work work) {
    batch_run one{{{.id = 1}}, std::move(work), {}};
    one.run(executor, journal);
    return one.result().outcomes.at(0);
  }
};

TEST_CASE("what a handler answers and cannot be kept is a failed attempt that says why") {
  struct {
    pipeline::outcome answer;
    const char* why;
  } const table[] = {
      {pipeline::advance{{write_output{R"({"score": NaN})"}}, {}}, "NaN is not a JSON number"},
      {pipeline::finish{"", "", {write_output{R"("\ud83e")"}}}, "half a character"},
      {pipeline::snooze{{}, "", {write_output{"[1e400]"}}}, "too large"},
      {pipeline::advance{{write_output{"1 2"}}, {}}, "two JSON documents"},
      {pipeline::advance{{write_output{""}}, {}}, "it is empty"},
      {pipeline::advance_with_children({{.pipeline = "p", .payload = "[1"}}),
       "the payload of a child cannot be kept, because it ends after 2 bytes"},
  };
  answering_airport at;
  for (const auto& [answer, why] : table) {
    INFO(why);
    const pipeline::handler alone =
        [&](const pipeline::job&, const pipeline::context&) -> pipeline::outcome { return answer; };
    const pipeline::batch_handler together = [&](std::span<const pipeline::job>,
                                                 const pipeline::context&,
                                                 pipeline::answers& to) { to.answer(answer); };
    for (const auto& work : {pipeline::stage_work{alone}, pipeline::stage_work{together}}) {
      const auto became = at.fly(work);
      const auto* failed = std::get_if<pipeline::retry>(&became);
      REQUIRE(failed != nullptr);
      CHECK(failed->code == "HANDLER_ANSWER");
      CHECK_THAT(failed->why, Catch::Contains(why));
    }
  }
  const pipeline::handler nul = [](const pipeline::job&,
                                   const pipeline::context&) -> pipeline::outcome {
    return pipeline::advance{{write_output{R"("\u0000")"}}, {}};
  };
  CHECK(std::holds_alternative<pipeline::reject>(at.fly(nul)));
}

}  // namespace
