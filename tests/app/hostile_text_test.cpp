#include "storage/db/database.hpp"
#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <csignal>
#include <string>
#include <string_view>
#include <vector>

// Text by other hands on its way to a terminal.
namespace {

using namespace millrace;

/// Clears the screen, rings, goes back, deletes, clears again in one character, turns the direction
/// of writing, and breaks the line.
constexpr std::string_view hostile =
    "\x1b[2J\x07\r\b\x7f\xC2\x9B"
    "2J\u202e\u2066\u200f\u061c\u2028x";

/// The first thing in it that a terminal acts on; empty for none.
std::string acts(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool is_control = (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if (is_control || (c == 0xC2 && next < 0xA0))
      return fmt::format("byte {:02x} at {}", c, i);
  }
  for (const std::string_view mark : {"\u202e", "\u2066", "\u200f", "\u061c", "\u2028"})
    if (const auto at = text.find(mark); at != std::string_view::npos)
      return fmt::format("a mark at {}", at);
  return {};
}

struct hostile_rows {
  tests::sandbox in;
  std::string config = in.write("m.ini",
                                "[pipeline.p]\nstages = a\n[stage.p.a]\nhandler = fail:NO\n"
                                "max_attempts = 1\n");
  std::string database = "sqlite:" + (in.folder() / ".local/share/millrace/millrace.db").string();

  hostile_rows() {
    REQUIRE(in.millrace({"migrate"}).code == 0);
    storage::connection on{{database}};
    const std::string text{hostile};
    const auto insert = [&](const std::string& sql) { on.session() << sql, soci::use(text, "t"); };
    const auto job = [&](int id, const std::string& pipeline, const std::string& stage,
                         const std::string& state) {
      insert(
          fmt::format("insert into jobs (job_id, pipeline, stage, state, run_at, created_at,"
                      " updated_at, correlation_id) values ({}, {}, {}, '{}', 1, 1, 1, :t)",
                      id, pipeline, stage, state));
      insert(
          fmt::format("insert into job_details (job_id, at, payload, code, message, tenant,"
                      " tags, unique_key, unique_while) values ({}, 1, json_object('path', :t),"
                      " :t, :t, :t, json_array(:t), :t, 'unfinished')",
                      id));
    };
    job(1, ":t", ":t", "queued");
    job(2, ":t", ":t", "deadletter");
    job(3, "'p'", ":t", "deadletter");
    job(4, "'p'", "'a'", "deadletter");
    job(5, "'p'", "'a'", "queued");
    job(6, "'p'", ":t", "queued");
    insert(
        "insert into events (job_id, at, epoch, attempt, type, severity, pipeline, stage,"
        " correlation_id, code, message) values (2, 1, 0, 0, 'control', 'info', :t, :t, :t, :t, "
        ":t)");
    insert(
        "insert into stage_controls (pipeline, stage, paused_since, paused_by)"
        " values (:t, :t, 1, :t)");
    insert(
        "insert into runtimes (host, pid, version, started_at, lease_until)"
        " values (:t, 1, :t, 1, 2)");
    insert(
        "insert into schedules (schedule, cron, pipeline, next_at, written_at)"
        " values (:t, :t, :t, 1, 1)");
  }

  void check(const tests::finished& said) const {
    INFO(said.out << said.err);
    CHECK(acts(said.out).empty());
    CHECK(acts(said.err).empty());
  }
};

using words = std::vector<std::string>;

std::vector<words> looks() {
  std::vector<words> all{{"jobs"},
                         {"events"},
                         {"schedules"},
                         {"search", std::string{hostile}},
                         {"inspect", "status"},
                         {"inspect", "actors"},
                         {"inspect", "stages"},
                         {"inspect", "health"},
                         {"inspect", "runtimes"},
                         {"inspect", "services"},
                         {"inspect", "jobs"},
                         {"inspect", "events"},
                         {"health"},
                         {"config"}};
  for (const auto* id : {"1", "2", "3", "4", "5", "6"})
    for (const auto* command : {"job", "explain"}) {
      all.push_back({command, id});
      all.push_back({"inspect", command, id});
    }
  return all;
}

std::vector<words> orders(const std::string& text) {
  return {{"cancel", "1"},
          {"retry", "2"},
          {"retry", "3"},
          {"replay", "2", "--from", text},
          {"replay", "4", "--from", text},
          {"retry", "4"},
          {"inspect", "cancel", "6"},
          {"inspect", "retry", "3"},
          {"inspect", "replay", "3", "--from", text},
          {"inspect", "replay", "--dead", "--yes"},
          {"inspect", "pause", text},
          {"replay", "--dead", "--dry-run"},
          {"replay", "--dead", "--yes"},
          {"pause", text},
          {text},
          {"jobs", "--stage", text},
          {"submit", text},
          {"submit", "--pipeline", text}};
}

TEST_CASE_METHOD(hostile_rows, "no text of a row reaches a terminal or the log as it is") {
  const auto runtime = in.start({"run", "--config", config, "--log.level", "debug"});
  runtime.wait_for_error("JOB_DEAD");
  for (auto& call : looks()) {
    call.insert(call.end(), {"--config", config});
    INFO(call.front() << " " << call[1]);
    check(in.millrace(call));
    std::string on_terminal;
    // A terminal gets `\r\n` for each line.
    for (const char c : in.millrace_on_terminal(call))
      if (c != '\r')
        on_terminal += c;
    CHECK(acts(on_terminal).empty());
    call.emplace_back("--json");
    check(in.millrace(call));
  }
  const std::string text{hostile};
  for (auto& call : orders(text)) {
    if (call.front() != text)
      call.insert(call.end(), {"--config", config});
    INFO(call.front() << " " << call.back());
    check(in.millrace(call));
  }
  runtime.signal(SIGTERM);
  check(runtime.wait());
}

TEST_CASE_METHOD(hostile_rows, "the log in JSON has no raw text of a row either") {
  check(in.millrace(
      {"run", "--until-idle", "--config", config, "--log.level", "debug", "--log.format", "json"}));
}

}  // namespace
