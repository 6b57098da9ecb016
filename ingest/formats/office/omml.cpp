#include "ingest/formats/office/package.hpp"

namespace millrace::ingest::formats {
namespace {

std::string tex_of_children(node of);

std::string in_braces(node of) { return "{" + tex_of_children(of) + "}"; }

std::string tex_of_nary(node of) {
  const auto sign = attribute(child(of, "naryPr", "chr"), "val");
  std::string out{sign.empty() ? "∫" : sign};
  if (out == "∑")
    out = "\\sum";
  else if (out == "∏")
    out = "\\prod";
  else if (out == "∫")
    out = "\\int";
  if (const auto below = child(of, "sub"); below && below.first_child())
    out += "_" + in_braces(below);
  if (const auto above = child(of, "sup"); above && above.first_child())
    out += "^" + in_braces(above);
  return out + " " + tex_of_children(child(of, "e"));
}

std::string tex_of_delimiters(node of) {
  const auto properties = child(of, "dPr");
  const auto begin = child(properties, "begChr");
  const auto end = child(properties, "endChr");
  std::string out{begin ? attribute(begin, "val") : "("};
  bool first = true;
  for (const auto one : of.children())
    if (is(one, "e")) {
      out += (first ? "" : ", ") + tex_of_children(one);
      first = false;
    }
  return out.append(end ? attribute(end, "val") : ")");
}

std::string tex_of_matrix(node of) {
  std::string out = "\\begin{matrix}";
  bool first_row = true;
  for (const auto row : of.children()) {
    if (!is(row, "mr"))
      continue;
    out += first_row ? " " : " \\\\ ";
    first_row = false;
    bool first = true;
    for (const auto cell : row.children()) {
      if (!is(cell, "e"))
        continue;
      out += (first ? "" : " & ") + tex_of_children(cell);
      first = false;
    }
  }
  return out + " \\end{matrix}";
}

std::string tex_of_element(node at) {
  const auto name = local(at);
  if (name == "t")
    return at.text().get();
  if (name == "f")
    return "\\frac" + in_braces(child(at, "num")) + in_braces(child(at, "den"));
  if (name == "rad") {
    const auto degree = tex_of_children(child(at, "deg"));
    return "\\sqrt" + (degree.empty() ? "" : "[" + degree + "]") + in_braces(child(at, "e"));
  }
  if (name == "sSup")
    return tex_of_children(child(at, "e")) + "^" + in_braces(child(at, "sup"));
  if (name == "sSub")
    return tex_of_children(child(at, "e")) + "_" + in_braces(child(at, "sub"));
  if (name == "sSubSup")
    return tex_of_children(child(at, "e")) + "_" + in_braces(child(at, "sub")) + "^" +
           in_braces(child(at, "sup"));
  if (name == "nary")
    return tex_of_nary(at);
  if (name == "d")
    return tex_of_delimiters(at);
  if (name == "m")
    return tex_of_matrix(at);
  if (name.ends_with("Pr"))
    return {};
  return tex_of_children(at);
}

std::string tex_of_children(node of) {
  std::string out;
  for (const auto at : of.children())
    out += tex_of_element(at);
  return out;
}

}  // namespace

std::string tex_of(node math) { return tex_of_children(math); }

}  // namespace millrace::ingest::formats
