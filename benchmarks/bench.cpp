#include "benchmarks/ingest.hpp"

#include <boost/program_options.hpp>

#include <exception>
#include <iostream>
#include <string>

namespace {

namespace po = boost::program_options;

constexpr auto usage = R"(millrace-bench: measures millrace on this machine.

  millrace-bench ingest PATH [--runs N] [--json]
      ingests a folder of documents, beside the same work in a plain loop

Options:
)";

}  // namespace

int main(int argc, char** argv) {
  po::options_description visible;
  auto add = visible.add_options();
  add("runs", po::value<int>()->default_value(5), "how often to measure");
  add("json", "print one JSON document");
  add("help", "show this");
  po::options_description all{visible};
  all.add_options()("command", po::value<std::string>())("path", po::value<std::string>());
  po::positional_options_description words;
  words.add("command", 1).add("path", 1);
  try {
    po::variables_map given;
    po::store(po::command_line_parser(argc, argv).options(all).positional(words).run(), given);
    const bool known = given.count("command") > 0 && given["command"].as<std::string>() == "ingest";
    if (given.count("help") > 0 || !known || given.count("path") == 0 ||
        given["runs"].as<int>() < 1) {
      (given.count("help") > 0 ? std::cout : std::cerr) << usage << visible;
      return given.count("help") > 0 ? 0 : 2;
    }
    return millrace::benchmarks::run_ingest(
        {given["path"].as<std::string>(), given["runs"].as<int>(), given.count("json") > 0});
  } catch (const po::error& e) {
    std::cerr << "millrace-bench: " << e.what() << "\n" << usage << visible;
    return 2;
  } catch (const std::exception& e) {
    std::cerr << "millrace-bench: " << e.what() << "\n";
    return 3;
  }
}
