#include "pipeline/handlers/process/command_spec.hpp"

#include "base/error.hpp"
#include "base/os/find_program.hpp"
#include "base/os/plain_environment.hpp"
#include "base/secrets.hpp"
#include "pipeline/handlers/process/split_words.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <utility>

namespace millrace::pipeline::external {
namespace {

std::vector<std::string> clean_environment(const place& where) {
  auto all = plain_environment();
  for (const auto& name : where.stage.environment)
    if (const char* value = std::getenv(name.c_str()))
      all.push_back(name + "=" + value);
  all.push_back("MILLRACE_PIPELINE=" + where.pipeline);
  all.push_back("MILLRACE_STAGE=" + where.stage.name);
  return all;
}

}  // namespace

recipe make_recipe(std::string_view command_line, const place& where, const settings& how) {
  auto words = split_words(command_line);
  const auto refuse = [&](std::string why, std::string next) {
    throw error{fmt::format("cannot use {} as a handler",
                            command_line.empty() ? "nothing" : without_secrets(command_line)),
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

std::string trouble_name(const place& where) {
  return fmt::format("stage {}.{}", where.pipeline, where.stage.name);
}

void tell(const recipe& of, notice::kind what, pid_t pid, job_id job, std::string_view text) {
  of.how.tell({what, of.where.pipeline, of.where.stage.name, pid, job, text});
}

std::string_view name_of(const recipe& of) {
  const std::string_view path = of.what.argv.front();
  return path.substr(path.rfind('/') + 1);
}

}  // namespace millrace::pipeline::external
