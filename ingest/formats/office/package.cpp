#include "ingest/formats/office/package.hpp"

#include <algorithm>
#include <vector>

namespace millrace::ingest::formats {
namespace {

/// `target` as the part at `from` refers to it.
std::string resolve(std::string_view from, std::string_view target) {
  std::string path{target.starts_with('/') ? std::string_view{}
                                           : from.substr(0, from.rfind('/') + 1)};
  if (from.find('/') == std::string_view::npos && !target.starts_with('/'))
    path.clear();
  path += target;
  std::vector<std::string_view> steps;
  for (std::string_view rest = path; !rest.empty();) {
    const auto end = rest.find('/');
    const auto step = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (step == "..") {
      if (!steps.empty())
        steps.pop_back();
    } else if (!step.empty() && step != ".") {
      steps.push_back(step);
    }
  }
  std::string out;
  for (const auto step : steps)
    out.append(out.empty() ? "" : "/").append(step);
  return out;
}

}  // namespace

package::package(std::string_view bytes, const read_limits& limits)
    : limits_{limits}, parts_{unpack_document(bytes, limits)} {
  main_ = related("", "/officeDocument");
  if (main_.empty() || parts_.find(main_) == parts_.end())
    fail("FILE_DAMAGED", "the file lacks the part that it is about: save it again");
}

std::unique_ptr<pugi::xml_document> package::part(std::string_view path) const {
  const auto found = parts_.find(path);
  if (found == parts_.end())
    return std::make_unique<pugi::xml_document>();
  return parse_xml(found->second, limits_);
}

std::unique_ptr<pugi::xml_document> package::relations_part(std::string_view path) const {
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string_view::npos ? "" : path.substr(0, slash + 1);
  const auto name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  return part(std::string{folder} + "_rels/" + std::string{name} + ".rels");
}

relations package::relations_of(std::string_view path) const {
  relations found;
  const auto parsed = relations_part(path);
  for (const auto one : parsed->first_child().children())
    if (attribute(one, "TargetMode") != "External")
      found.emplace(attribute(one, "Id"), resolve(path, attribute(one, "Target")));
  return found;
}

std::string package::related(std::string_view path, std::string_view type) const {
  const auto parsed = relations_part(path);
  for (const auto one : parsed->first_child().children())
    if (attribute(one, "Type").ends_with(type))
      return resolve(path, attribute(one, "Target"));
  return {};
}

tree::metadata package::about() const {
  const auto parsed = part(related("", "/core-properties"));
  const node root = parsed->first_child();
  tree::metadata about{.title = text_of(child(root, "title")),
                       .author = text_of(child(root, "creator")),
                       .date = text_of(child(root, "modified")),
                       .language = text_of(child(root, "language"))};
  if (about.date.empty())
    about.date = text_of(child(root, "created"));
  for (const char* name : {"subject", "description", "keywords", "category"})
    if (auto value = text_of(child(root, name)); !value.empty())
      about.others.emplace_back(name, std::move(value));
  return about;
}

}  // namespace millrace::ingest::formats
