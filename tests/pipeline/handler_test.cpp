#include "pipeline/handler.hpp"

#include "tests/support/heard_progress.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <string>
#include <vector>

namespace {

using namespace millrace;
using namespace millrace::pipeline;

TEST_CASE("a handler says how far it is, in percent and words") {
  millrace::tests::heard_progress heard;
  const context at{.now = {}, .listener = &heard};
  at.progress(0);
  at.progress(12.5, "page 1");
  at.progress("nearly there");
  CHECK(heard.all == std::vector<std::string>{"0: ", "12.5: page 1", "?: nearly there"});
}

TEST_CASE("whatever a handler says of how far it is, it is 0 to 100 and one line") {
  millrace::tests::heard_progress heard;
  const context at{.now = {}, .listener = &heard};
  at.progress(-1, "a\nb\x1b[2J\xFF");
  at.progress(1e300);
  at.progress(std::numeric_limits<double>::quiet_NaN());
  at.progress(-std::numeric_limits<double>::infinity());
  CHECK(heard.all[0].starts_with("0: a b"));
  CHECK(heard.all[0].find_first_of("\n\x1b\xFF") == std::string::npos);
  CHECK(heard.all[1] == "100: ");
  CHECK(heard.all[2] == "?: ");
  CHECK(heard.all[3] == "0: ");
  at.progress(std::string(10'000, 'x'));
  CHECK(heard.all[4].size() < 310);
}

TEST_CASE("a handler may report progress without a listener") {
  const context at{};
  at.progress(40, "page 12");
  at.progress("page 12");
}

}  // namespace
