#include "ingest/files/text_kinds.hpp"

#include "base/unicode/ascii.hpp"
#include "ingest/files/media_type.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <string>

namespace millrace::ingest {
namespace {

struct name_row {
  /// Of the whole name in lower case, or of its end from a dot.
  std::string_view name;
  std::string_view media_type;
  std::string_view language;
};

constexpr name_row known_names[] = {
    // clang-format off
    {".csv", csv, ""},
    {".tsv", tsv, ""},
    {".rst", rst, ""},
    {".rest", rst, ""},
    {".tab", tsv, ""},
    {".py", source_code, "python"},
    {".pyi", source_code, "python"},
    {".pyw", source_code, "python"},
    {".pyx", source_code, "python"},
    {"sconstruct", source_code, "python"},
    {".sh", source_code, "shell"},
    {".bash", source_code, "shell"},
    {".zsh", source_code, "shell"},
    {".ksh", source_code, "shell"},
    {".fish", source_code, "shell"},
    {".bashrc", source_code, "shell"},
    {".profile", source_code, "shell"},
    {".zshrc", source_code, "shell"},
    {"pkgbuild", source_code, "shell"},
    {".c", source_code, "c"},
    {".h", source_code, "c"},
    {".cc", source_code, "cpp"},
    {".cpp", source_code, "cpp"},
    {".cxx", source_code, "cpp"},
    {".hh", source_code, "cpp"},
    {".hpp", source_code, "cpp"},
    {".hxx", source_code, "cpp"},
    {".ipp", source_code, "cpp"},
    {".ino", source_code, "cpp"},
    {".cs", source_code, "csharp"},
    {".fs", source_code, "fsharp"},
    {".fsx", source_code, "fsharp"},
    {".rs", source_code, "rust"},
    {".go", source_code, "go"},
    {".java", source_code, "java"},
    {".kt", source_code, "kotlin"},
    {".kts", source_code, "kotlin"},
    {".scala", source_code, "scala"},
    {".sbt", source_code, "scala"},
    {".groovy", source_code, "groovy"},
    {".gradle", source_code, "groovy"},
    {"jenkinsfile", source_code, "groovy"},
    {".js", source_code, "javascript"},
    {".mjs", source_code, "javascript"},
    {".cjs", source_code, "javascript"},
    {".jsx", source_code, "javascript"},
    {".ts", source_code, "typescript"},
    {".mts", source_code, "typescript"},
    {".cts", source_code, "typescript"},
    {".tsx", source_code, "typescript"},
    {".sql", source_code, "sql"},
    {".rb", source_code, "ruby"},
    {".gemspec", source_code, "ruby"},
    {"gemfile", source_code, "ruby"},
    {"rakefile", source_code, "ruby"},
    {".pl", source_code, "perl"},
    {".pm", source_code, "perl"},
    {".php", source_code, "php"},
    {".lua", source_code, "lua"},
    {".r", source_code, "r"},
    {".jl", source_code, "julia"},
    {".swift", source_code, "swift"},
    {".dart", source_code, "dart"},
    {".hs", source_code, "haskell"},
    {".ml", source_code, "ocaml"},
    {".mli", source_code, "ocaml"},
    {".erl", source_code, "erlang"},
    {".hrl", source_code, "erlang"},
    {".ex", source_code, "elixir"},
    {".exs", source_code, "elixir"},
    {".clj", source_code, "clojure"},
    {".cljs", source_code, "clojure"},
    {".edn", source_code, "clojure"},
    {".el", source_code, "lisp"},
    {".lisp", source_code, "lisp"},
    {".scm", source_code, "lisp"},
    {".pas", source_code, "pascal"},
    {".f", source_code, "fortran"},
    {".f90", source_code, "fortran"},
    {".f95", source_code, "fortran"},
    {".vb", source_code, "vb"},
    {".bas", source_code, "vb"},
    {".zig", source_code, "zig"},
    {".s", source_code, "asm"},
    {".asm", source_code, "asm"},
    {".awk", source_code, "awk"},
    {".tcl", source_code, "tcl"},
    {".ps1", source_code, "powershell"},
    {".psm1", source_code, "powershell"},
    {".bat", source_code, "batch"},
    {".cmd", source_code, "batch"},
    {".vim", source_code, "vim"},
    {".vimrc", source_code, "vim"},
    {".css", source_code, "css"},
    {".scss", source_code, "css"},
    {".sass", source_code, "css"},
    {".less", source_code, "css"},
    {".vue", source_code, "vue"},
    {".svelte", source_code, "vue"},
    {".proto", source_code, "protobuf"},
    {".graphql", source_code, "graphql"},
    {".gql", source_code, "graphql"},
    {".tf", source_code, "terraform"},
    {".hcl", source_code, "terraform"},
    {".nix", source_code, "nix"},
    {"dockerfile", source_code, "dockerfile"},
    {"containerfile", source_code, "dockerfile"},
    {".dockerfile", source_code, "dockerfile"},
    {"makefile", source_code, "makefile"},
    {"gnumakefile", source_code, "makefile"},
    {".mk", source_code, "makefile"},
    {".mak", source_code, "makefile"},
    {"cmakelists.txt", source_code, "cmake"},
    {".cmake", source_code, "cmake"},
    {"meson.build", source_code, "meson"},
    {".bzl", source_code, "starlark"},
    {"build.bazel", source_code, "starlark"},
    {"workspace", source_code, "starlark"},
    {".diff", source_code, "diff"},
    {".patch", source_code, "diff"},
    {".m4", source_code, "m4"},
    {"configure.ac", source_code, "m4"},
    {".json", source_code, "json"},
    {".geojson", source_code, "json"},
    {".webmanifest", source_code, "json"},
    {".json5", source_code, "json"},
    {".jsonc", source_code, "json"},
    {".ipynb", source_code, "json"},
    {".jsonl", source_code, "jsonl"},
    {".ndjson", source_code, "jsonl"},
    {".yaml", source_code, "yaml"},
    {".yml", source_code, "yaml"},
    {".toml", source_code, "toml"},
    {"cargo.lock", source_code, "toml"},
    {"pipfile", source_code, "toml"},
    {".ini", source_code, "ini"},
    {".cfg", source_code, "ini"},
    {".desktop", source_code, "ini"},
    {".service", source_code, "ini"},
    {".timer", source_code, "ini"},
    {".socket", source_code, "ini"},
    {".editorconfig", source_code, "ini"},
    {".gitconfig", source_code, "ini"},
    {".gitmodules", source_code, "ini"},
    {".properties", source_code, "ini"},
    {".env", source_code, "ini"},
    {".conf", source_code, "conf"},
    {".cnf", source_code, "conf"},
    {".gitignore", source_code, "conf"},
    {".dockerignore", source_code, "conf"},
    {".gitattributes", source_code, "conf"},
    {".xml", source_code, "xml"},
    {".xsd", source_code, "xml"},
    {".xsl", source_code, "xml"},
    {".xslt", source_code, "xml"},
    {".rng", source_code, "xml"},
    {".wsdl", source_code, "xml"},
    {".plist", source_code, "xml"},
    {".csproj", source_code, "xml"},
    {".pom", source_code, "xml"},
    {".ui", source_code, "xml"},
    // clang-format on
};

constexpr name_row interpreters[] = {
    {"python", source_code, "python"},   {"bash", source_code, "shell"},
    {"dash", source_code, "shell"},      {"zsh", source_code, "shell"},
    {"ksh", source_code, "shell"},       {"sh", source_code, "shell"},
    {"perl", source_code, "perl"},       {"ruby", source_code, "ruby"},
    {"node", source_code, "javascript"}, {"php", source_code, "php"},
    {"lua", source_code, "lua"},         {"awk", source_code, "awk"},
    {"gawk", source_code, "awk"},        {"mawk", source_code, "awk"},
    {"tclsh", source_code, "tcl"},       {"make", source_code, "makefile"},
    {"rscript", source_code, "r"},       {"guile", source_code, "lisp"},
};

constexpr text_kind plain_kind{plain_text, {}};

text_kind kind_by_name(std::string_view name) {
  const auto row = std::find_if(std::begin(known_names), std::end(known_names),
                                [&](const name_row& one) { return one.name == name; });
  return row == std::end(known_names) ? text_kind{} : text_kind{row->media_type, row->language};
}

/// The language of the first line `#!/usr/bin/env -S python3 -u`; source code without one where the
/// interpreter is not known.
text_kind kind_by_interpreter(std::string_view text) {
  auto line = in_lower_case(text.substr(2, std::min(text.find('\n'), std::size_t{200}) - 2));
  std::string_view rest{line};
  while (!rest.empty()) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r"), rest.size()));
    const auto end = std::min(rest.find_first_of(" \t\r"), rest.size());
    auto word = rest.substr(0, end);
    rest.remove_prefix(end);
    word.remove_prefix(word.find_last_of('/') + 1);
    word = word.substr(0, word.find_last_not_of("0123456789.-") + 1);
    if (word == "env" || word.starts_with('-') || word.find('=') != std::string_view::npos)
      continue;
    for (const auto& one : interpreters)
      if (one.name == word)
        return {one.media_type, one.language};
    break;
  }
  return {source_code, {}};
}

bool is_whole_json(std::string_view text) {
  const auto last = text.find_last_not_of(" \t\r\n");
  const bool is_closed =
      (text.front() == '{' && text[last] == '}') || (text.front() == '[' && text[last] == ']');
  return is_closed && nlohmann::json::accept(text);
}

text_kind kind_by_content(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF"))
    text.remove_prefix(3);
  if (text.starts_with("#!/") || text.starts_with("#! /"))
    return kind_by_interpreter(text);
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  if (text.starts_with("<?xml "))
    return {source_code, "xml"};
  if (text.starts_with("diff --git ") ||
      (text.starts_with("--- ") && text.find("\n+++ ") < 1000 && text.find("\n@@ ") < 2000))
    return {source_code, "diff"};
  if (!text.empty() && is_whole_json(text))
    return {source_code, "json"};
  return plain_kind;
}

}  // namespace

text_kind text_kind_of(std::string_view text, std::string_view name) {
  auto lower = in_lower_case(name.substr(name.find_last_of('/') + 1));
  // "config.h.in" is what "config.h" is made of.
  if (lower.ends_with(".in"))
    lower.resize(lower.size() - 3);
  if (const auto whole = kind_by_name(lower); !whole.media_type.empty())
    return whole;
  const auto dot = lower.rfind('.');
  if (dot == std::string::npos)
    return kind_by_content(text);
  const auto known = kind_by_name(std::string_view{lower}.substr(dot));
  if (!known.media_type.empty())
    return known;
  const auto ending = std::string_view{lower}.substr(dot + 1);
  const bool is_prose = ending == "txt" || ending == "text" || ending == "log" || ending == "eml";
  return is_prose ? plain_kind : kind_by_content(text);
}

}  // namespace millrace::ingest
