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

/// A tool that was started, or why it was not.
struct running_tool {
  std::string name;
  pid_t pid = -1;
  int failure = 0;
  unique_fd output{};
};

running_tool start_tool(std::string name, std::vector<std::string> argv,
                        const std::function<int()>& before_exec) {
  if (argv.front().empty())
    return {std::move(name), -1, ENOENT};
  auto ends = make_pipe();
  const unique_fd in{::dup(STDIN_FILENO)};
  const unique_fd err{::dup(STDERR_FILENO)};
  const auto started =
      os::spawn({std::move(argv), std::vector<std::string>{}, before_exec}, in, ends.write, err);
  return {std::move(name), started.pid, started.failure, std::move(ends.read)};
}

/// Hands out what a tool writes, piece by piece, to its end.
std::optional<tool_failed> read_tool(const running_tool& tool,
                                     const std::function<void(std::string_view)>& use) {
  if (tool.pid < 0)
    return tool_failed{-1, fmt::format("cannot start {}: {}", tool.name,
                                       std::generic_category().message(tool.failure))};
  std::array<char, 1 << 16> buffer{};
  for (;;) {
    const auto got = ::read(tool.output.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
    use({buffer.data(), static_cast<std::size_t>(got)});
  }
  int status = 0;
  while (::waitpid(tool.pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (status == 0)
    return std::nullopt;
  return tool_failed{status, tool.name + " failed"};
}

/// The outline; none where it cannot be read, which costs headings and nothing else.
std::vector<bookmark> outline_from(const running_tool& tool) {
  constexpr std::size_t most_bytes = 8 << 20;
  std::string xml;
  const auto failed = read_tool(
      tool, [&](std::string_view bytes) { xml += bytes.substr(0, most_bytes - xml.size()); });
  return failed ? std::vector<bookmark>{} : read_bookmarks(xml);
}

}  // namespace

std::variant<tree::read_result, tool_failed> read_pdf(const std::string& path, const tools& with) {
  const auto text =
      start_tool("pdftotext", {with.pdftotext, "-q", "-enc", "UTF-8", "-bbox-layout", path, "-"},
                 with.before_exec);
  // All of the outline comes with any page.
  const auto outline = start_tool(
      "pdftohtml", {with.pdftohtml, "-q", "-xml", "-i", "-f", "1", "-l", "1", "-stdout", path},
      with.before_exec);
  if (with.when_started)
    if (const int error = with.when_started())
      return tool_failed{
          -1, fmt::format("cannot limit the parser: {}", std::generic_category().message(error))};
  std::vector<page> pages;
  page_reader reader{[&](page&& one) { pages.push_back(std::move(one)); }};
  const auto failed = read_tool(text, [&](std::string_view bytes) { reader.feed(bytes); });
  if (failed) {
    if (failed->status < 0 || !WIFEXITED(failed->status))
      return *failed;
    const bool refused = WEXITSTATUS(failed->status) == not_permitted;
    return tree::read_result{
        tree::unreadable{std::string{refused ? codes::PDF_ENCRYPTED : codes::PDF_BROKEN},
                         refused ? "the PDF is encrypted and does not permit to copy its text"
                                 : "the PDF is damaged and cannot be read"}};
  }
  auto made = assemble(std::move(pages), outline_from(outline));
  if (made.content.empty())
    return tree::read_result{
        tree::unreadable{std::string{codes::PDF_NO_TEXT},
                         "the PDF has no text, only images: recognise its text (OCR) first"}};
  return tree::read_result{std::move(made)};
}

}  // namespace millrace::ingest::pdf_layout
