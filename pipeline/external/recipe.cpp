#include "pipeline/external/recipe.hpp"

#include "pipeline/error.hpp"
#include "pipeline/external/split_words.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <utility>

namespace millrace::pipeline::external {
namespace {

bool can_be_run(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

bool is_program(const std::string& name) {
  if (name.find('/') != std::string::npos)
    return can_be_run(name);
  const char* value = std::getenv("PATH");
  std::string_view path = value == nullptr ? "/usr/bin:/bin" : value;
  for (;;) {
    const auto colon = path.find(':');
    const std::string folder{path.substr(0, colon)};
    if (can_be_run(folder.empty() ? name : folder + "/" + name))
      return true;
    if (colon == std::string_view::npos)
      return false;
    path.remove_prefix(colon + 1);
  }
}

std::vector<std::string> clean_environment(const place& where) {
  std::vector<std::string> all;
  const auto add = [&](const std::string& name) {
    if (const char* value = std::getenv(name.c_str()))
      all.push_back(name + "=" + value);
  };
  constexpr std::array passed{"PATH", "HOME", "USER",     "LOGNAME", "SHELL",   "TMPDIR",
                              "TZ",   "LANG", "LANGUAGE", "LC_ALL",  "LC_CTYPE"};
  for (const auto* name : passed)
    add(name);
  for (const auto& name : where.stage.environment)
    add(name);
  all.push_back("MILLRACE_PIPELINE=" + where.pipeline);
  all.push_back("MILLRACE_STAGE=" + where.stage.name);
  return all;
}

}  // namespace

recipe make_recipe(std::string_view command_line, const place& where, const settings& how) {
  auto words = split_words(command_line);
  const auto refuse = [&](std::string why, std::string next) {
    throw error{
        fmt::format("cannot use {} as a handler", command_line.empty() ? "nothing" : command_line),
        std::move(why), std::move(next)};
  };
  if (!words)
    refuse("a quote in it is not closed", "close it, or write \\' or \\\"");
  if (words->empty())
    refuse("it names no program", "write for instance exec:python3 handler.py");
  if (!is_program(words->front()))
    refuse(fmt::format("there is no program {}", words->front()),
           "write its path, or a name that is found in PATH");
  return {{std::move(*words), clean_environment(where)}, where, how};
}

void tell(const recipe& of, notice::kind what, pid_t pid, job_id job, std::string_view text) {
  of.how.tell({what, of.where.pipeline, of.where.stage.name, pid, job, text});
}

std::string_view name_of(const recipe& of) {
  const std::string_view path = of.what.argv.front();
  return path.substr(path.rfind('/') + 1);
}

}  // namespace millrace::pipeline::external
