#pragma once

#include <string>
#include <vector>

/// What is made of the tables of commands and settings: nothing in it is written twice.
namespace millrace::app {

/// `millrace generate WORDS...`: `pages` lists the names of the manual pages, `man PAGE` is one of
/// them (`millrace.1`, `millrace-run.1`, `millrace.ini.5`), `bash`, `zsh` and `fish` are
/// completions. Throws app::error (usage) for anything else.
std::string generate(const std::vector<std::string>& words);

}  // namespace millrace::app
