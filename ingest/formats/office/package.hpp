#pragma once

#include "ingest/formats/archive/unpack.hpp"
#include "ingest/formats/xml/xml.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace millrace::ingest::formats {

/// Targets of a part's relations, by id, as paths within the package.
using relations = std::map<std::string, std::string, std::less<>>;

/// An Office Open XML file: its parts, and how they refer to one another.
class package {
 public:
  package(std::string_view bytes, const read_limits& limits);

  /// The part that the file is about ("word/document.xml").
  const std::string& main() const { return main_; }
  /// A parsed part; an empty document if it is missing.
  std::unique_ptr<pugi::xml_document> part(std::string_view path) const;
  relations relations_of(std::string_view path) const;
  /// The part that `path` refers to by a relation whose type ends so; empty without one.
  std::string related(std::string_view path, std::string_view type) const;
  tree::metadata about() const;
  const read_limits& limits() const { return limits_; }

 private:
  std::unique_ptr<pugi::xml_document> relations_part(std::string_view path) const;

  read_limits limits_;
  parts parts_;
  std::string main_;
};

/// A formula of Office as TeX, once.
std::string tex_of(node math);

}  // namespace millrace::ingest::formats
