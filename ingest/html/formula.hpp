#pragma once

#include <gumbo.h>

#include <string>
#include <string_view>

namespace millrace::ingest::html_tree {

/// The source of a formula in MathML: the TeX that is noted with it, or else its parts in a line,
/// "(a+b)/2" and "x^(n+1)".
std::string formula_source(const GumboNode& math);

/// TeX without the signs that mark it in a text: `\(`, `\[`, `$`. Empty where none does.
std::string marked_tex(std::string_view text);

/// Whether a script holds TeX for MathJax.
bool is_tex_script(const GumboElement& script);
std::string script_source(const GumboElement& script);

}  // namespace millrace::ingest::html_tree
