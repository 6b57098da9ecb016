#pragma once

#include "tests/app/sandbox.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

// What the tests of traces share: a collector (tests/app/traces/trace_collector.py), and the spans
// that it got as a tree.
namespace millrace::tests {

using nlohmann::json;

inline const std::string given_trace = "4bf92f3577b34da6a3ce929d0e0e4736";
inline const std::string given_span = "00f067aa0ba902b7";
inline const std::string given = "00-" + given_trace + '-' + given_span + "-01";

inline std::string read_all(const std::string& path) {
  std::ifstream from{path};
  std::ostringstream all;
  all << from.rdbuf();
  return all.str();
}

/// A collector and what it has got.
class collector {
 public:
  explicit collector(const sandbox& in)
      : in_{in},
        process_{in.start_in_shell(fmt::format("exec python3 {} {}",
                                               source_path("tests/app/traces/trace_collector.py"),
                                               in.folder().string()))} {
    process_.wait_for_output("ready");
    port_ = read_all((in.folder() / "port").string());
  }

  std::string settings(const std::string& more = {}) const {
    return fmt::format("[telemetry]\notlp_endpoint = {}\n{}\n", url(""), more);
  }
  void answer(const std::string& lines) const { in_.write("answer", lines); }

  std::vector<json> spans() const {
    std::vector<json> all;
    std::istringstream lines{read_all((in_.folder() / "spans").string())};
    for (std::string line; std::getline(lines, line);)
      all.push_back(json::parse(line));
    return all;
  }
  std::string faults() const { return read_all((in_.folder() / "faults").string()); }
  /// What endpoints were told, "PATH TRACEPARENT" a line.
  std::string told() const { return read_all((in_.folder() / "told").string()); }
  std::string url(const std::string& path) const {
    return fmt::format("http://127.0.0.1:{}{}", port_, path);
  }
  int requests() const {
    const auto text = read_all((in_.folder() / "requests").string());
    return text.empty() ? 0 : std::stoi(text);
  }

 private:
  const sandbox& in_;
  running process_;
  std::string port_;
};

inline std::string text_of(const json& span, const char* name) {
  return span["attributes"].value(name, "");
}

/// The spans of a trace, which must be one tree below the span that was given.
class tree {
 public:
  explicit tree(const std::vector<json>& spans, const std::string& trace = given_trace) {
    for (const auto& one : spans)
      if (one["traceId"] == trace) {
        INFO(one.dump());
        CHECK(of_.emplace(one["spanId"], one).second);
      }
    for (const auto& [id, one] : of_) {
      INFO(one.dump());
      const auto parent = one.value("parentSpanId", given_span);
      CHECK((parent == given_span || of_.contains(parent)));
    }
  }

  std::size_t size() const { return of_.size(); }
  std::vector<json> named(const std::string& name, const std::string& job = {}) const {
    std::vector<json> found;
    for (const auto& [unused, one] : of_)
      if (one["name"] == name && (job.empty() || text_of(one, "millrace.job.id") == job))
        found.push_back(one);
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return a["startTimeUnixNano"].template get<std::string>() <
             b["startTimeUnixNano"].template get<std::string>();
    });
    return found;
  }
  std::vector<std::string> outcomes(const std::string& name) const {
    std::vector<std::string> all;
    for (const auto& one : named(name))
      all.push_back(text_of(one, "millrace.outcome"));
    return all;
  }

 private:
  std::map<std::string, json> of_;
};

using texts = std::vector<std::string>;

/// A handler that says in its output where its trace goes on.
inline constexpr auto telling = R"(exec-once:sh -c 'printf %s "\"$TRACEPARENT\""')";

inline std::string one_stage(const std::string& handler, const std::string& more = {}) {
  return "[pipeline.p]\nstages = a\n[stage.p.a]\nhandler = " + handler + '\n' + more + '\n';
}

inline void submit(const sandbox& in, const std::string& config, const std::string& more = {}) {
  const auto done =
      in.shell(fmt::format("millrace submit --pipeline p --config {} {}", config, more));
  INFO(done.err);
  REQUIRE(done.code == 0);
}

/// Kills a runtime with -9 when a handler has made the file `begun` in the sandbox.
inline void kill_at_work(const sandbox& in, const std::string& config) {
  const auto runtime = in.start({"run", "--config", config});
  wait_until([&] { return std::filesystem::exists(in.folder() / "begun"); });
  runtime.signal(SIGKILL);
  runtime.wait();
}

inline void run_until_idle(const sandbox& in, const std::string& config) {
  const auto done = in.millrace({"run", "--until-idle", "--config", config});
  INFO(done.err);
  REQUIRE(done.code == 0);
}

}  // namespace millrace::tests
