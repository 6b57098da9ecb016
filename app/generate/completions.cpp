#include "app/generate/completions.hpp"

#include "app/command_line.hpp"
#include "app/settings/option.hpp"

#include <fmt/format.h>

#include <string_view>

namespace millrace::app {
namespace {

constexpr auto summary_of_help = "Show the help of a command or of a topic.";

/// A text in single quotes. `escaped` stands for a quote within.
std::string quoted(std::string_view text, std::string_view escaped) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += escaped;
    else
      out += c;
  }
  return out + "'";
}

std::string quoted_for_sh(std::string_view text) { return quoted(text, "'\\''"); }

/// fish takes a backslash for an escape within quotes.
std::string quoted_for_fish(std::string_view text) {
  std::string doubled;
  for (const char c : text)
    doubled += c == '\\' ? "\\\\" : std::string{c};
  return quoted(doubled, "\\'");
}

std::string command_names(const std::vector<command>& all) {
  std::string names = "help";
  for (const auto& one : all)
    names += ' ' + one.name;
  return names;
}

/// The names of options, or of settings, as they are written on a command line.
template <class Named>
std::string as_words(const std::vector<Named>& all) {
  std::string words;
  for (const auto& one : all)
    words += (words.empty() ? "--" : " --") + one.name;
  return words;
}

}  // namespace

std::string bash_completion(const std::vector<command>& all) {
  auto out = fmt::format(R"(# bash completion for millrace
_millrace() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} options=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '{} --help --version' -- "$word"))
    return
  fi
  case $word in
    --*.*) options='{}' ;;
    -*)
      case ${{COMP_WORDS[1]}} in
)",
                         command_names(all), as_words(options()));
  for (const auto& one : all)
    out += fmt::format("        {}) options='{}' ;;\n", one.name, as_words(list_options(one)));
  return out + R"(      esac
      ;;
    *) return ;;
  esac
  COMPREPLY=($(compgen -W "$options" -- "$word"))
}
complete -o default -F _millrace millrace
)";
}

std::string zsh_completion(const std::vector<command>& all) {
  std::string out = R"(#compdef millrace
_millrace() {
  local -a words_of
  if (( CURRENT == 2 )); then
    words_of=(
)";
  const auto row = [&](const std::string& name, const std::string& help) {
    out += fmt::format("      {}\n", quoted_for_sh(name + ":" + help));
  };
  row("help", summary_of_help);
  for (const auto& one : all)
    row(one.name, one.summary);
  out += "    )\n    _describe command words_of\n    return\n  fi\n  case $words[2] in\n";
  for (const auto& one : all) {
    out += fmt::format("    {}) words_of=(\n", one.name);
    for (const auto& known : list_options(one))
      row("--" + known.name, known.help);
    out += "    ) ;;\n";
  }
  return out + fmt::format(R"(  esac
  case $PREFIX in
    --*.*) compadd -- {} ;;
    -*) _describe option words_of ;;
    *) _files ;;
  esac
}}
_millrace "$@"
)",
                           as_words(options()));
}

std::string fish_completion(const std::vector<command>& all) {
  std::string out = "# fish completion for millrace\n";
  const auto offer = [&](const std::string& name, const std::string& summary) {
    out += fmt::format("complete -c millrace -n __fish_use_subcommand -f -a {} -d {}\n", name,
                       quoted_for_fish(summary));
  };
  offer("help", summary_of_help);
  for (const auto& one : all)
    offer(one.name, one.summary);
  for (const auto& one : all)
    for (const auto& known : list_options(one))
      out += fmt::format("complete -c millrace -n '__fish_seen_subcommand_from {}' -l {}{} -d {}\n",
                         one.name, known.name, known.value.empty() ? "" : " -r",
                         quoted_for_fish(known.help));
  return out;
}

}  // namespace millrace::app
