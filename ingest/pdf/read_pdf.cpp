#include "ingest/pdf/read_pdf.hpp"

#include "base/os/spawn.hpp"
#include "ingest/pdf/assemble.hpp"
#include "ingest/pdf/read_pages.hpp"
#include "pipeline/api.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <optional>
#include <system_error>
#include <utility>

namespace millrace::ingest::pdf_layout {
namespace {

// What poppler's tools exit with.
constexpr int not_permitted = 3;

/// Runs a tool to its end and hands out what it writes, piece by piece.
std::optional<tool_failed> run_tool(const std::vector<std::string>& argv,
                                    const std::function<void(std::string_view)>& use) {
  auto ends = make_pipe();
  const unique_fd in{::dup(STDIN_FILENO)};
  const unique_fd err{::dup(STDERR_FILENO)};
  const auto started = os::spawn({argv, {}}, in, ends.write, err);
  if (started.pid < 0)
    return tool_failed{-1, fmt::format("cannot start {}: {}", argv.front(),
                                       std::generic_category().message(started.failure))};
  ends.write.reset();
  std::array<char, 1 << 16> buffer{};
  for (;;) {
    const auto got = ::read(ends.read.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
    use({buffer.data(), static_cast<std::size_t>(got)});
  }
  int status = 0;
  while (::waitpid(started.pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (status == 0)
    return std::nullopt;
  return tool_failed{status, argv.front() + " failed"};
}

/// The outline; none where it cannot be read, which costs headings and nothing else.
std::vector<bookmark> outline_of(const std::string& path) {
  constexpr std::size_t most_bytes = 8 << 20;
  std::string xml;
  // All of the outline comes with any page.
  const auto failed =
      run_tool({"pdftohtml", "-q", "-xml", "-i", "-f", "1", "-l", "1", "-stdout", path},
               [&](std::string_view bytes) { xml += bytes.substr(0, most_bytes - xml.size()); });
  return failed ? std::vector<bookmark>{} : read_bookmarks(xml);
}

}  // namespace

std::variant<tree::read_result, tool_failed> read_pdf(const std::string& path) {
  std::vector<page> pages;
  page_reader reader{[&](page&& one) { pages.push_back(std::move(one)); }};
  const auto failed = run_tool({"pdftotext", "-q", "-enc", "UTF-8", "-bbox-layout", path, "-"},
                               [&](std::string_view bytes) { reader.feed(bytes); });
  if (failed) {
    if (failed->status < 0 || !WIFEXITED(failed->status))
      return *failed;
    const bool refused = WEXITSTATUS(failed->status) == not_permitted;
    return tree::read_result{
        tree::unreadable{std::string{refused ? codes::PDF_ENCRYPTED : codes::PDF_BROKEN},
                         refused ? "the PDF is encrypted and does not permit to copy its text"
                                 : "the PDF is damaged and cannot be read"}};
  }
  auto made = assemble(std::move(pages), outline_of(path));
  if (made.content.empty())
    return tree::read_result{
        tree::unreadable{std::string{codes::PDF_NO_TEXT},
                         "the PDF has no text, only images: recognise its text (OCR) first"}};
  return tree::read_result{std::move(made)};
}

}  // namespace millrace::ingest::pdf_layout
