#include "ingest/formats/odf/odf_file.hpp"

#include <vector>

namespace millrace::ingest::formats {

namespace {

std::string tex_of_mathml(node at) {
  if (at.type() == pugi::node_pcdata)
    return std::string_view{at.value()}.find_first_not_of(" \t\r\n") == std::string_view::npos
               ? std::string{}
               : at.value();
  std::vector<std::string> inner;
  for (const auto one : at.children())
    if (auto text = tex_of_mathml(one); !text.empty() || one.type() == pugi::node_element)
      inner.push_back(std::move(text));
  const auto name = local(at);
  if (inner.size() == 2 && name == "mfrac")
    return "\\frac{" + inner[0] + "}{" + inner[1] + "}";
  if (inner.size() == 2 && (name == "msup" || name == "msub"))
    return inner[0] + (name == "msup" ? "^{" : "_{") + inner[1] + "}";
  if (inner.size() == 3 && (name == "msubsup" || name == "munderover"))
    return inner[0] + "_{" + inner[1] + "}^{" + inner[2] + "}";
  std::string out;
  for (const auto& one : inner)
    out += one;
  return name == "msqrt" ? "\\sqrt{" + out + "}" : out;
}

}  // namespace

odf_file::odf_file(std::string_view bytes, const read_limits& limits)
    : limits_{limits}, parts_{unpack_document(bytes, limits)} {
  if (const auto manifest = part("META-INF/manifest.xml"); descendant(*manifest, "encryption-data"))
    fail("FILE_ENCRYPTED", "the file is encrypted: save it without a password");
  content_ = part("content.xml");
  styles_part_ = part("styles.xml");
  if (!body())
    fail("FILE_DAMAGED", "the file lacks its content: save it again");
  styles_.add(content_->document_element());
  styles_.add(styles_part_->document_element());
}

std::unique_ptr<pugi::xml_document> odf_file::part(std::string_view path) const {
  const auto found = parts_.find(path);
  if (found == parts_.end())
    return std::make_unique<pugi::xml_document>();
  return parse_xml(found->second, limits_);
}

node odf_file::body() const {
  for (const auto one : child(content_->document_element(), "body").children())
    if (one.type() == pugi::node_element)
      return one;
  return {};
}

tree::metadata odf_file::about() const {
  const auto parsed = part("meta.xml");
  const node root = child(parsed->document_element(), "meta");
  tree::metadata about{.title = text_of(child(root, "title")),
                       .author = text_of(child(root, "creator")),
                       .date = text_of(child(root, "date")),
                       .language = text_of(child(root, "language"))};
  if (about.author.empty())
    about.author = text_of(child(root, "initial-creator"));
  if (about.date.empty())
    about.date = text_of(child(root, "creation-date"));
  for (const char* name : {"subject", "description", "keyword"})
    if (auto value = text_of(child(root, name)); !value.empty())
      about.others.emplace_back(name, std::move(value));
  return about;
}

std::string odf_file::formula(std::string_view object) const {
  while (object.starts_with("./"))
    object.remove_prefix(2);
  while (object.ends_with('/'))
    object.remove_suffix(1);
  const auto parsed = part(std::string{object} + "/content.xml");
  const auto root = parsed->document_element();
  if (!is(root, "math"))
    return {};
  const auto source = descendant(root, "annotation");
  return source ? text_of(source) : tex_of_mathml(root);
}

}  // namespace millrace::ingest::formats
