#include "app/generate/generate.hpp"

#include "app/command.hpp"
#include "app/error.hpp"
#include "app/generate/completions.hpp"
#include "app/generate/man_pages.hpp"

#include <fmt/format.h>

namespace millrace::app {
namespace {

constexpr auto generate_help = R"(Usage: millrace generate pages | man PAGE | bash | zsh | fish

Prints what packages install: a manual page, or the completion of a shell; `pages` lists the pages.
)";

}  // namespace

std::string generate(const std::vector<std::string>& words) {
  if (words == std::vector<std::string>{"--help"})
    return generate_help;
  if (words == std::vector<std::string>{"pages"}) {
    std::string names;
    for (const auto& one : man_page_names(commands()))
      names += one + '\n';
    return names;
  }
  if (words.size() == 2 && words[0] == "man")
    for (const auto& name : man_page_names(commands()))
      if (name == words[1])
        return man_page(name, commands());
  if (words == std::vector<std::string>{"bash"})
    return bash_completion(commands());
  if (words == std::vector<std::string>{"zsh"})
    return zsh_completion(commands());
  if (words == std::vector<std::string>{"fish"})
    return fish_completion(commands());
  throw bad_usage("cannot generate that", "it is neither a page nor a shell",
                  "write `millrace generate` with pages, man PAGE, bash, zsh or fish");
}

}  // namespace millrace::app
