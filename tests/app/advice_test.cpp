#include "pipeline/codes.hpp"
#include "storage/history/reasons.hpp"
#include "tests/app/sandbox.hpp"
#include "tests/support/paths.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

// What the product tells people to do can be done: each command that an advice names is there, with
// these options.
using millrace::tests::sandbox;

namespace {

/// What stands in backquotes and begins with millrace.
std::vector<std::string> commands_in(const std::string& text) {
  static const std::regex command{"`millrace ([^`\\\\]+)`"};
  std::vector<std::string> found;
  for (std::sregex_iterator at{text.begin(), text.end(), command}, end; at != end; ++at)
    found.push_back((*at)[1]);
  return found;
}

class helps {
 public:
  void check(const std::string& line) {
    std::istringstream words{line};
    std::string command;
    words >> command;
    // Placeholders of other texts: COMMAND, WORDS, {}. The inspector's greeting is no command.
    if (command.empty() || command[0] < 'a' || command[0] > 'z' || command == "inspector")
      return;
    INFO("`millrace " << line << '`');
    auto& help = all_[command];
    if (help.empty()) {
      const auto said = in_.millrace({command, "--help"});
      REQUIRE(said.code == 0);
      help = said.out;
    }
    for (std::string word; words >> word;)
      // With a dot it is a setting, which every command takes.
      if (word.starts_with("--") && word != "--help" && word.find('.') == std::string::npos) {
        const auto name = word.substr(0, word.find_first_of("=,"));
        CHECK_THAT(help, Catch::Contains(name));
      }
  }

 private:
  sandbox in_;
  std::map<std::string, std::string> all_;
};

}  // namespace

TEST_CASE("each command that a code or a reason advises is there, with these options") {
  helps known;
  for (const auto& one : millrace::pipeline::codes::all())
    for (const auto& line : commands_in(std::string{one.next}))
      known.check(line);
  for (const auto& one : millrace::storage::reasons::all())
    for (const auto& line : commands_in(std::string{one.next}))
      known.check(line);
}

TEST_CASE(
    "each command that a message of the product or a page names is there, with these options") {
  helps known;
  namespace fs = std::filesystem;
  const fs::path root{millrace::tests::source_path()};
  for (const auto* folder : {"app", "actors", "storage", "pipeline", "docs"})
    for (const auto& entry : fs::recursive_directory_iterator{root / folder}) {
      if (entry.path().extension() != ".cpp" && entry.path().extension() != ".md")
        continue;
      std::ifstream file{entry.path()};
      std::stringstream text;
      text << file.rdbuf();
      INFO(entry.path());
      for (const auto& line : commands_in(text.str()))
        known.check(line);
    }
}

TEST_CASE("a job that died of what was submitted is not told to be retried") {
  using namespace millrace;
  using namespace millrace::pipeline;
  CHECK(codes::needs_another_submit(codes::PDF_BROKEN));
  CHECK_FALSE(codes::needs_another_submit(codes::TIMEOUT));
  for (const auto& one : codes::all())
    if (codes::needs_another_submit(one.name)) {
      INFO(one.name);
      CHECK_THAT(std::string{one.next}, !Catch::Contains("`millrace retry"));
    }
}
