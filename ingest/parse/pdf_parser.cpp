#include "ingest/parse/pdf_parser.hpp"

#include "ingest/document/wire.hpp"
#include "ingest/parse/parser_process.hpp"
#include "ingest/parse/reader_parser.hpp"
#include "pipeline/api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace millrace::ingest {
namespace {

// What poppler's tools exit with.
constexpr int cannot_open = 1;
constexpr int not_permitted = 3;

reject refuse_pdf(std::string_view code, std::string why) {
  return {std::string{code}, std::move(why)};
}

/// Why a tool did not read the PDF.
parse_result explain(const std::string& tool, const os::command_result& result) {
  if (result.status == not_permitted || result.errors.find("password") != std::string::npos)
    return refuse_pdf(codes::PDF_ENCRYPTED, "the PDF is encrypted and needs a password");
  if (result.status == cannot_open)
    return refuse_pdf(codes::PDF_BROKEN, "the PDF is damaged and cannot be read");
  return failed_unexpectedly(tool, result);
}

/// What pdfinfo says behind that label; empty for nothing.
std::string value_of(std::string_view info, std::string_view label) {
  for (std::size_t at = 0; at < info.size();) {
    const auto end = std::min(info.find('\n', at), info.size());
    auto line = info.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(label) || !line.substr(label.size()).starts_with(':'))
      continue;
    line.remove_prefix(label.size() + 1);
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    return std::string{line};
  }
  return {};
}

std::optional<int> count_pages(std::string_view info) {
  const auto digits = value_of(info, "Pages");
  int pages = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), pages);
  return error == std::errc{} ? std::optional{pages} : std::nullopt;
}

}  // namespace

parse_result pdf_parser::parse(const std::string& path, std::string_view file_name,
                               const context& at) const {
  auto asked = convert_file(*processes_, "pdfinfo", path, file_name, at);
  if (auto other = without_result(asked))
    return std::move(*other);
  const auto& info = std::get<os::command_result>(asked);
  if (info.status != 0)
    return explain("pdfinfo", info);
  const auto pages = count_pages(info.output);
  if (!pages || *pages < 1)
    return refuse_pdf(codes::PDF_BROKEN, "the PDF has no pages");
  const auto most_pages = processes_->settings().max_pages;
  if (*pages > most_pages)
    return refuse_pdf(codes::PDF_TOO_MANY_PAGES,
                      fmt::format("the PDF has {} pages, the limit is {}", *pages, most_pages));

  auto read = read_in_pool(*processes_, "pdf", path, file_name, at);
  if (auto* made = std::get_if<rendered>(&read)) {
    made->about.title = value_of(info.output, "Title");
    made->about.author = value_of(info.output, "Author");
    made->about.date = value_of(info.output, "CreationDate");
    limit_metadata(made->about);
  }
  return read;
}

}  // namespace millrace::ingest
