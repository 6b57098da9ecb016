#include "app/command.hpp"
#include "app/command_line.hpp"
#include "app/settings/option.hpp"
#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>

#include <sstream>
#include <string>

using namespace millrace;
using millrace::tests::sandbox;

namespace {

/// As roff writes a dash.
std::string dashed(const std::string& text) {
  std::string out;
  for (const char c : text)
    out += c == '-' ? "\\-" : std::string{c};
  return out;
}

/// Whether the shell or tool is not there, or takes the file.
bool is_taken(const sandbox& in, const std::string& tool, const std::string& check,
              const std::string& file) {
  const auto result =
      in.shell("command -v " + tool + " > /dev/null || exit 0; " + check + " " + file);
  INFO(result.out << result.err);
  CHECK(result.out.empty());
  CHECK(result.err.empty());
  return result.code == 0;
}

}  // namespace

TEST_CASE("every command and option has its place in the manual pages") {
  const sandbox in;
  const auto pages = in.millrace({"generate", "pages"}).out;
  const auto main = in.millrace({"generate", "man", "millrace.1"}).out;
  for (const auto& one : app::commands()) {
    CAPTURE(one.name);
    CHECK_THAT(pages, Catch::Contains("millrace-" + one.name + ".1\n"));
    CHECK_THAT(main, Catch::Contains("\\fBmillrace\\-" + one.name + "\\fR(1)"));
    const auto page = in.millrace({"generate", "man", "millrace-" + one.name + ".1"}).out;
    CHECK_THAT(page, Catch::Contains(".B millrace " + one.name + "\n"));
    for (const auto& known : app::list_options(one))
      CHECK_THAT(page, Catch::Contains("\\fB" + dashed("--" + known.name) + "\\fR"));
  }
  const auto settings = in.millrace({"generate", "man", "millrace.ini.5"}).out;
  for (const auto& one : app::options())
    CHECK_THAT(settings, Catch::Contains("\\fB" + one.name + "\\fR"));
}

TEST_CASE("man and mandoc understand the manual pages") {
  const sandbox in;
  std::istringstream names{in.millrace({"generate", "pages"}).out};
  for (std::string name; std::getline(names, name);) {
    CAPTURE(name);
    const auto page = in.write(name, in.millrace({"generate", "man", name}).out);
    CHECK(is_taken(in, "mandoc", "mandoc -Tlint -Werror", page));
    CHECK(is_taken(in, "groff", "groff -z -ww -Kutf8 -man -Tutf8", page));
  }
}

TEST_CASE("bash, zsh and fish understand the completions, which have every command and option") {
  const sandbox in;
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    CAPTURE(shell);
    const auto text = in.millrace({"generate", shell}).out;
    for (const auto& one : app::commands()) {
      CHECK_THAT(text, Catch::Contains(one.name));
      for (const auto& known : app::list_options(one))
        CHECK_THAT(text, Catch::Contains((shell == "fish" ? "-l " : "--") + known.name));
    }
    CHECK(is_taken(in, shell, shell + " -n", in.write(shell, text)));
  }
}

TEST_CASE("bash completes commands, options and settings") {
  const sandbox in;
  const auto file = in.write("bash", in.millrace({"generate", "bash"}).out);
  const auto complete = [&](const std::string& words, int at) {
    return in
        .shell("exec bash -c '. " + file + "; COMP_WORDS=(" + words +
               "); COMP_CWORD=" + std::to_string(at) + "; _millrace; echo \"${COMPREPLY[*]}\"'")
        .out;
  };
  CHECK(complete("millrace sub", 1) == "submit\n");
  CHECK(complete("millrace config --ch", 2) == "--check\n");
  CHECK(complete("millrace run --log.l", 2) == "--log.level\n");
  CHECK(complete("millrace submit some", 2) == "\n");
}

TEST_CASE("help tells of topics, and names them for one that there is not") {
  const sandbox in;
  CHECK_THAT(in.millrace({"help"}).out, Catch::Contains("exit-codes"));
  CHECK_THAT(in.millrace({"help", "exit-codes"}).out, Catch::Contains("130"));
  CHECK(in.millrace({"help", "settings"}).out == in.millrace({"config", "--template"}).out);
  CHECK_THAT(in.millrace({"help", "enviroment"}).err,
             Catch::Contains("did you mean `environment`?"));
  CHECK(in.millrace({"generate", "tcsh"}).code == 2);
}
