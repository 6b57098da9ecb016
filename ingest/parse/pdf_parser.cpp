#include "ingest/parse/pdf_parser.hpp"

#include "ingest/parse/parser_process.hpp"
#include "ingest/parse/pdf_text.hpp"
#include "ingest/parse/reader_parser.hpp"
#include "ingest/readers/plain_tree.hpp"
#include "pipeline/api.hpp"

#include <fmt/format.h>

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

std::optional<int> count_pages(std::string_view info) {
  constexpr std::string_view label = "\nPages:";
  const auto at = info.find(label);
  if (at == std::string_view::npos)
    return std::nullopt;
  info.remove_prefix(at + label.size());
  info.remove_prefix(std::min(info.find_first_not_of(' '), info.size()));
  int pages = 0;
  const auto [end, error] = std::from_chars(info.data(), info.data() + info.size(), pages);
  return error == std::errc{} ? std::optional{pages} : std::nullopt;
}

}  // namespace

parse_result pdf_parser::parse(const std::string& path, std::string_view, const context& at) const {
  // A name that begins with a dash is no option: the path is absolute.
  auto asked = run_limited({"pdfinfo", path}, settings_, at);
  if (auto other = without_result(asked))
    return std::move(*other);
  const auto& info = std::get<os::command_result>(asked);
  if (info.status != 0)
    return explain("pdfinfo", info);
  const auto pages = count_pages("\n" + info.output);
  if (!pages || *pages < 1)
    return refuse_pdf(codes::PDF_BROKEN, "the PDF has no pages");
  if (*pages > settings_.max_pages)
    return refuse_pdf(
        codes::PDF_TOO_MANY_PAGES,
        fmt::format("the PDF has {} pages, the limit is {}", *pages, settings_.max_pages));

  // Without -layout: columns come one after the other, as they are read.
  auto read = run_limited({"pdftotext", "-enc", "UTF-8", "-eol", "unix", path, "-"}, settings_, at);
  if (auto other = without_result(read))
    return std::move(*other);
  const auto& text = std::get<os::command_result>(read);
  if (text.status != 0)
    return explain("pdftotext", text);
  auto paragraphs = pdf_text(text.output);
  if (paragraphs.empty())
    return refuse_pdf(codes::PDF_NO_TEXT, "the PDF has no text, only images");
  return render_read(plain_tree(paragraphs), settings_.max_text_size);
}

}  // namespace millrace::ingest
