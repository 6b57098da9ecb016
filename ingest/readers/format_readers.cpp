#include "ingest/readers/format_readers.hpp"

#include "ingest/formats/formats.hpp"
#include "ingest/html/read_html.hpp"

#include <string>
#include <utility>

namespace millrace::ingest {
namespace {

constexpr formats::read_limits limits_of_files{};

tree::read_result read_html_part(std::string_view html) {
  return read_html({.bytes = html, .name = {}});
}

tree::read_result without_attachments(formats::mail read) {
  constexpr std::size_t most_named = 5;
  auto* made = std::get_if<tree::document>(&read.text);
  if (made == nullptr || read.attachments.empty())
    return std::move(read.text);
  std::string names;
  for (std::size_t i = 0; i < read.attachments.size() && i < most_named; ++i)
    names += (i > 0 ? ", " : "") + read.attachments[i].path;
  if (read.attachments.size() > most_named)
    names += " and others";
  made->warnings.push_back({"ATTACHMENTS_LEFT_OUT", "attachments are left out: " + names,
                            static_cast<std::int64_t>(read.attachments.size())});
  return std::move(read.text);
}

}  // namespace

tree::read_result read_docx(const tree::source_file& file) {
  return formats::read_docx(file.bytes, limits_of_files);
}

tree::read_result read_pptx(const tree::source_file& file) {
  return formats::read_pptx(file.bytes, limits_of_files);
}

tree::read_result read_xlsx(const tree::source_file& file) {
  return formats::read_xlsx(file.bytes, limits_of_files);
}

tree::read_result read_odt(const tree::source_file& file) {
  return formats::read_odt(file.bytes, limits_of_files);
}

tree::read_result read_ods(const tree::source_file& file) {
  return formats::read_ods(file.bytes, limits_of_files);
}

tree::read_result read_odp(const tree::source_file& file) {
  return formats::read_odp(file.bytes, limits_of_files);
}

tree::read_result read_epub(const tree::source_file& file) {
  return formats::read_epub(file.bytes, limits_of_files, read_html_part);
}

tree::read_result read_rtf(const tree::source_file& file) {
  return formats::read_rtf(file.bytes, limits_of_files);
}

tree::read_result read_mhtml(const tree::source_file& file) {
  return formats::read_mhtml(file.bytes, limits_of_files, read_html_part);
}

tree::read_result read_eml(const tree::source_file& file) {
  return without_attachments(formats::read_eml(file.bytes, limits_of_files, read_html_part));
}

tree::read_result read_mbox(const tree::source_file& file) {
  return without_attachments(formats::read_mbox(file.bytes, limits_of_files, read_html_part));
}

}  // namespace millrace::ingest
