#include "app/screen/paint.hpp"

#include "app/screen/keys.hpp"
#include "app/screen/model.hpp"
#include "app/terminal/text.hpp"
#include "tests/app/screen/sample.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace millrace;
using namespace millrace::app;
using millrace::tests::sample_picture;
using millrace::tests::text_of;
using namespace std::chrono_literals;

namespace {

/// The screen that a model shows after some keys.
struct shown {
  screen_model model{"ann"};
  time_point now = sample_picture().taken_at;

  explicit shown(std::size_t columns, std::size_t rows, snapshot seen = sample_picture(),
                 std::u32string_view pressed = {}) {
    model.resize(rows, columns);
    model.show(seen);
    for (const auto one : pressed) {
      model.press(one);
      seen.asked = model.wanted();
      model.show(seen);
    }
  }

  std::vector<line> lines() const { return paint(model.state(), now); }
  std::string text() const { return text_of(lines()); }
};

std::size_t width_of(const line& of) {
  std::size_t columns = 0;
  for (const auto& one : of)
    columns += display_width(one.text);
  return columns;
}

void check_size(const std::vector<line>& lines, std::size_t columns, std::size_t rows) {
  CHECK(lines.size() == rows);
  CHECK(std::all_of(lines.begin(), lines.end(),
                    [&](const line& one) { return width_of(one) == columns; }));
}

snapshot with_open_job() {
  auto seen = sample_picture();
  seen.job =
      actors::job_view{.job = seen.jobs.jobs[1],
                       .reason = "DEAD",
                       .text = "dead since 5m: PDF_BROKEN, no page can be read",
                       .next =
                           "`millrace replay 7 --from parsing` begins again, once the file has "
                           "been mended",
                       .events = seen.events.events};
  return seen;
}

const std::u32string open_second_job = std::u32string{U"4j"} + keys::enter;

}  // namespace

TEST_CASE("paint: the overview on 80 columns and 24 rows") {
  CHECK(shown(80, 24).text() ==
        R"( millrace  runtime 3  running  degraded  12.3/s  12 of 100 in hand  up 1h1m
 1 Main  2 Stages  3 Actors  4 Jobs  5 Events  6 Health  7 Runtimes  8 Services
 PIPELINE  STAGE          QUEUE  WORK  RETRY  DEAD   PER S     P50     P99
>ingest    job_validated    120     4      0     0      10  11.0ms    1.2s
           parsing            0     0      2     1     2.3  11.0ms    1.2s
           embedding          7     0      0     0  paused
 nightly   fetch              0     0      0     0       0
 HEALTH     WHY
 degraded   jobs wait for too long at parsing: 5m
 ACTOR                 STATE     DEPTH  PEAK  HANDLED  BUSY  RESTARTS  IN HAND
 poller                crashed       0     3     1000               1
 store                 working       0     3     1000   42%         0
 stage:ingest.parsing  working       0     3     1000               0
 supervisor            working       0     3     1000               0
 UTC         JOB  STAGE    TYPE           CODE        MESSAGE
 12:00:03      7  parsing  finalized
 12:00:02      7  parsing  error          PDF_BROKEN  no page can be read
 12:00:01      7  parsing  stage_started





 q quit  ? help  / filter  Enter its jobs  p pause or resume
)");
}

TEST_CASE("paint: the overview on 40 columns and 10 rows") {
  CHECK(shown(40, 10).text() ==
        R"( millrace  runtime 3  running  degraded
 1 Main  2  3  4  5  6  7  8
 PIPELINE  STAGE          QUEUE  WORK
>ingest    job_validated    120     4
           parsing            0     0
           embedding          7     0
   JOB  STAGE    TYPE           CODE
     7  parsing  finalized
     7  parsing  error          PDF_BRO…
 q quit  ? help  / filter  Enter its jo…
)");
}

TEST_CASE("paint: the overview on 200 columns and 50 rows") {
  const auto text = shown(200, 50).text();
  CHECK_THAT(
      text,
      Catch::StartsWith(
          R"( millrace  runtime 3  running  degraded  12.3/s  12 of 100 in hand  up 1h1m  sqlite  box 4711
 1 Main  2 Stages  3 Actors  4 Jobs  5 Events  6 Health  7 Runtimes  8 Services
 PIPELINE  STAGE          QUEUE  WORK  RETRY  DEAD   PER S     P50     P99    CALL    DONE  PAUSED
>ingest    job_validated    120     4      0     0      10  11.0ms    1.2s               0
           parsing            0     0      2     1     2.3  11.0ms    1.2s               0
           embedding          7     0      0     0  paused                               0  1m by ann
 nightly   fetch              0     0      0     0       0                               0

 HEALTH     WHY
)"));
  CHECK_THAT(text, Catch::Contains("LAST CRASH") && Catch::Contains("bad luck"));
}

TEST_CASE("paint: where not all stages fit, the idle ones are left out") {
  auto seen = sample_picture();
  for (int i = 0; i < 30; ++i)
    seen.stages.stages.insert(seen.stages.stages.begin(),
                              {.pipeline = "idle", .stage = "idle" + std::to_string(i)});
  const auto text = shown(80, 24, seen).text();
  CHECK_THAT(text, Catch::Contains("job_validated") && Catch::Contains("embedding"));
  CHECK_THAT(text, Catch::Contains("ACTOR") && Catch::Contains("MESSAGE"));
  CHECK_THAT(shown(80, 40, seen, U"2").text(),
             Catch::Contains("idle29") && Catch::Contains("idle0") && Catch::Contains("fetch"));
}

TEST_CASE("paint: the jobs, with what the selected one has to add") {
  CHECK(shown(80, 12, sample_picture(), U"4j").text() ==
        R"( millrace  runtime 3  running  degraded  12.3/s  12 of 100 in hand  up 1h1m
 1 Main  2 Stages  3 Actors  4 Jobs  5 Events  6 Health  7 Runtimes  8 Services
   JOB  PIPELINE  STAGE    STATE       TRY  CHANGED  CODE        SUBJECT
     9  ingest    parsing  working       1       6m              /docs/a.md
>    7  ingest    parsing  deadletter    1       6m  PDF_BROKEN  /docs/a.md





 PDF_BROKEN: no page can be read
 q quit  ? help  / filter  Enter open  s state  r retry  R replay  c cancel
)");
}

TEST_CASE("paint: how far the handler of a job says it is, in the list and on its page") {
  auto seen = sample_picture();
  seen.jobs.progress = {{.job = 9, .percent_thousandths = 40'900, .message = "page 12 of 30"}};
  const auto list = shown(80, 12, seen, U"4").text();
  CHECK_THAT(list, Catch::Contains(" 9  ingest    parsing  working 40 %    1  ") &&
                       Catch::Contains(" 40.9 %, page 12 of 30 (0us ago)\n"));
  seen.jobs.progress.front().percent_thousandths.reset();
  CHECK_THAT(shown(80, 12, seen, U"4").text(),
             Catch::Contains("working     ") && Catch::Contains(" page 12 of 30 (0us ago)\n"));
  seen.job = actors::job_view{.job = seen.jobs.jobs[0],
                              .progress = actors::progress_view{9, 40'900, "page 12 of 30", 7}};
  CHECK_THAT(shown(80, 20, seen, std::u32string{U"4"} + keys::enter).text(),
             Catch::Contains(" progress    40.9 %, page 12 of 30 (7us ago)\n"));
}

TEST_CASE("paint: a job with why it failed and its history") {
  CHECK(shown(80, 20, with_open_job(), open_second_job).text() ==
        R"( millrace  runtime 3  running  degraded  12.3/s  12 of 100 in hand  up 1h1m
 1 Main  2 Stages  3 Actors  4 Jobs  5 Events  6 Health  7 Runtimes  8 Services
 JOB 7 of ingest
 state       deadletter at parsing, attempt 1
 why         dead since 5m: PDF_BROKEN, no page can be read
 next        `millrace replay 7 --from parsing` begins again, once the file has
             been mended
 last error  PDF_BROKEN: no page can be read
 created     2026-11-25T11:00:00.000Z  (1h1m ago)
 changed     2026-11-25T11:55:00.000Z  (6m ago)
 priority    0
 payload     {"path":"/docs/a.md"}

 UTC         JOB  STAGE    TYPE           CODE        MESSAGE
 12:00:01      7  parsing  stage_started
 12:00:02      7  parsing  error          PDF_BROKEN  no page can be read
 12:00:03      7  parsing  finalized


 q quit  ? help  Esc back  r retry  R replay  c cancel
)");
  // A page that is longer than the screen scrolls to its end and no further.
  CHECK_THAT(shown(40, 10, with_open_job(), open_second_job + U"G").text(),
             Catch::Contains("finalized\n q quit"));
  CHECK_THAT(shown(40, 10, with_open_job(), open_second_job + U"Gjjgk").text(),
             Catch::Contains("JOB 7 of ingest"));
  CHECK_THAT(shown(80, 24, sample_picture(), open_second_job).text(),
             Catch::Contains("reading ..."));
}

TEST_CASE("paint: questions, filters and answers stand in the last line") {
  const auto last_line = [](const shown& one) { return text_of({one.lines().back()}); };
  CHECK(last_line(shown{80, 10, sample_picture(), U"4jc"}) ==
        " y/n  cancel job 7, deadletter at parsing?\n");
  CHECK(last_line(shown{20, 10, sample_picture(), U"4jc"}) == " y/n  cancel job 7,…\n");
  CHECK(last_line(shown{80, 10, sample_picture(), U"3/pöll"}) ==
        " /pöll   Enter keeps it, Esc shows all\n");
  CHECK(last_line(shown{80, 10, sample_picture(), U"4jR"}) ==
        " replay job 7 from parsing   Up Down choose, Enter goes on, Esc does not\n");
  shown answered{80, 10};
  answered.model.hear({true, "parsing of ingest is paused"});
  CHECK(last_line(answered) == " parsing of ingest is paused\n");
  const auto filtered = shown{80, 10, sample_picture(), U"3/nobody"}.text();
  CHECK_THAT(filtered, Catch::Contains("nothing here contains `nobody`"));
}

TEST_CASE("paint: an old picture is marked, and says what is waited for") {
  shown one{80, 24};
  one.model.lose("no runtime uses /data");
  one.now += 12s;
  const auto text = one.text();
  CHECK_THAT(text, Catch::StartsWith(" millrace  OLD: as of 12.0s ago  runtime 3"));
  CHECK_THAT(text, Catch::Contains("job_validated"));
  CHECK_THAT(text, Catch::Contains("\n waiting for the runtime: no runtime uses /data\n"));
}

TEST_CASE("paint: a picture that no other follows is marked as old, too") {
  shown one{80, 24};
  one.now += 2s;
  CHECK_THAT(one.text(), !Catch::Contains("OLD"));
  one.now += 2s;
  CHECK_THAT(one.text(), Catch::StartsWith(" millrace  OLD: as of 4.0s ago  runtime 3"));
}

TEST_CASE("paint: nothing attached yet") {
  screen_model model{"ann"};
  model.resize(4, 60);
  model.lose("no runtime uses /data");
  CHECK(text_of(paint(model.state(), {})) ==
        " millrace  not attached yet\n"
        "\n"
        "\n"
        " waiting for the runtime: no runtime uses /data\n");
}

TEST_CASE("paint: every view fits every size exactly, with whatever text") {
  auto seen = with_open_job();
  const std::string hostile = "\x1b[2J\x07\n\t東京e\u0301\xFF\u202E" + std::string(300, 'x');
  seen.runtime.phase = seen.runtime.host = hostile;
  seen.health.reasons = {hostile, hostile, hostile, hostile};
  seen.stages.stages[1].pipeline = seen.stages.stages[1].stage = hostile;
  seen.stages.stages[1].paused_at_us = 1;
  seen.stages.stages[1].paused_by = seen.stages.trouble = hostile;
  seen.actors.actors[1].name = seen.actors.actors[1].last_crash = hostile;
  auto& job = seen.jobs.jobs[1];
  job.pipeline = job.stage = job.code = job.message = job.payload = hostile;
  seen.job->job = job;
  seen.job->text = seen.events.events[1].message = seen.jobs.trouble = hostile;
  const std::u32string views[] = {U"1",  U"2j", U"2jp", U"3j", U"4j",      U"4jc", open_second_job,
                                  U"5j", U"6",  U"7",   U"?",  U"3/\x6771"};
  for (const auto& pressed : views)
    for (const std::size_t rows : {0, 1, 2, 3, 5, 8, 10, 24, 60})
      for (const std::size_t columns : {0, 1, 2, 7, 40, 80, 200}) {
        const auto lines = shown(columns, rows, seen, pressed).lines();
        check_size(lines, columns, rows);
        const auto text = text_of(lines);
        CHECK(std::none_of(text.begin(), text.end(), [](char c) {
          return static_cast<unsigned char>(c) < 0x20 && c != '\n';
        }));
      }
}

TEST_CASE("paint: a list that was cut says so") {
  auto seen = sample_picture();
  seen.jobs.jobs.resize(500, seen.jobs.jobs[0]);
  CHECK_THAT(shown(80, 24, seen, U"4G").text(), Catch::Contains("the newest 500"));
}
