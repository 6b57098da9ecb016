#include "base/log.hpp"
#include "benchmarks/cases.hpp"
#include "benchmarks/compare.hpp"
#include "benchmarks/live_runtime.hpp"
#include "benchmarks/plot.hpp"

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace po = boost::program_options;
using namespace millrace;
using namespace millrace::benchmarks;

std::string usage(const po::options_description& visible) {
  std::string text{"millrace-bench: measures millrace on this machine.\n\n"};
  for (const auto& one : cases())
    text += fmt::format("  millrace-bench {:<12} {}\n",
                        one.name == "ingest" ? "ingest PATH" : one.name, one.what);
  text +=
      "  millrace-bench all          all of them but pressure; ingest with --path\n"
      "  millrace-bench pressure [CASE]  the last five, or one of them\n"
      "  millrace-bench compare A B  what got slower between two --json files; 1 if something did\n"
      "\nOptions:\n";
  std::ostringstream options;
  options << visible;
  return text + options.str();
}

po::options_description visible_options() {
  po::options_description visible;
  auto add = visible.add_options();
  add("database", po::value<std::string>()->default_value("sqlite"),
      "sqlite, or the postgresql:// URL of a server that may be loaded");
  add("jobs", po::value<std::int64_t>()->default_value(0), "how many; 0: as many as fit the case");
  add("runs", po::value<int>()->default_value(5), "how often to measure");
  add("batch", po::value<int>()->default_value(1000), "jobs that a runtime claims at once");
  add("writers", po::value<int>()->default_value(2),
      "connections on which a runtime writes at once (PostgreSQL)");
  add("rate", po::value<double>()->default_value(0), "jobs a second of burst and soak");
  add("minutes", po::value<double>()->default_value(0), "how long burst and soak last");
  add("path", po::value<std::string>()->default_value(""), "the documents of ingest");
  add("json", "print one JSON document");
  add("plot", po::value<std::string>(), "draw the figures into a .svg or .png file (gnuplot)");
  add("help", "show this");
  return visible;
}

po::variables_map parse(int argc, char** argv, const po::options_description& visible) {
  po::options_description all{visible};
  all.add_options()("command", po::value<std::string>())("words",
                                                         po::value<std::vector<std::string>>());
  po::positional_options_description words;
  words.add("command", 1).add("words", -1);
  po::variables_map given;
  po::store(po::command_line_parser(argc, argv).options(all).positional(words).run(), given);
  return given;
}

std::vector<std::string> words_of(const po::variables_map& given) {
  return given.count("words") > 0 ? given["words"].as<std::vector<std::string>>()
                                  : std::vector<std::string>{};
}

options read_options(const po::variables_map& given) {
  options wanted;
  wanted.database = given["database"].as<std::string>();
  wanted.jobs = given["jobs"].as<std::int64_t>();
  wanted.runs = given["runs"].as<int>();
  wanted.batch = given["batch"].as<int>();
  wanted.writers = given["writers"].as<int>();
  wanted.path = given["path"].as<std::string>();
  wanted.rate = given["rate"].as<double>();
  wanted.minutes = given["minutes"].as<double>();
  if (wanted.jobs < 0 || wanted.runs < 1 || wanted.batch < 1 || wanted.writers < 1)
    throw po::error{"--runs, --batch and --writers must be at least 1, --jobs at least 0"};
  // Also where they are no numbers.
  if (!(wanted.rate >= 0 && wanted.minutes >= 0))
    throw po::error{"--rate and --minutes must be at least 0"};
  return wanted;
}

/// The cases that the command names.
std::vector<bench_case> chosen(const std::string& command, const options& wanted) {
  std::vector<bench_case> some;
  std::copy_if(cases().begin(), cases().end(), std::back_inserter(some), [&](const auto& one) {
    const bool fits = one.family.empty() && (one.name != "ingest" || !wanted.path.empty());
    return command == one.name || command == one.family || (command == "all" && fits);
  });
  if (some.empty())
    throw po::error{"there is no case named '" + command + "'"};
  if (command == "ingest" && wanted.path.empty())
    throw po::error{"ingest wants the PATH of a folder of documents"};
  return some;
}

int run(const po::variables_map& given) {
  auto command = given["command"].as<std::string>();
  auto words = words_of(given);
  if (command == "compare") {
    if (words.size() != 2)
      throw po::error{"compare wants two files"};
    return compare_reports(words[0], words[1]);
  }
  if (command == "pressure" && !words.empty()) {
    command = words.front();
    words.erase(words.begin());
  }
  auto wanted = read_options(given);
  if (command == "ingest" && words.size() == 1)
    wanted.path = words[0];
  else if (!words.empty())
    throw po::error{"'" + words[0] + "' is one word too many"};
  const auto some = chosen(command, wanted);
  auto made = begin_report("millrace-bench " + command, wanted);
  for (const auto& one : some) {
    if (some.size() > 1)
      fmt::print(stderr, "{}\n", one.name);
    auto figures = one.run(wanted);
    std::move(figures.begin(), figures.end(), std::back_inserter(made.figures));
  }
  fmt::print("{}", given.count("json") > 0 ? as_json(made) : as_table(made));
  if (given.count("plot") > 0)
    plot(made, given["plot"].as<std::string>());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto visible = visible_options();
  try {
    const auto given = parse(argc, argv, visible);
    if (given.count("help") > 0) {
      fmt::print("{}", usage(visible));
      return 0;
    }
    if (given.count("command") == 0)
      throw po::error{"it wants to know what to measure"};
    block_stop_signals();
    millrace::configure_log(millrace::log_level::error, millrace::log_format::text);
    return run(given);
  } catch (const po::error& e) {
    fmt::print(stderr, "millrace-bench: {}\n\n{}", e.what(), usage(visible));
    return 2;
  } catch (const std::exception& e) {
    fmt::print(stderr, "millrace-bench: {}\n", e.what());
    return 3;
  }
}
