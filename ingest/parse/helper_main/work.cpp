#include "ingest/parse/helper_main/work.hpp"

#include "base/os/find_program.hpp"
#include "ingest/document/wire.hpp"
#include "ingest/document/writer.hpp"
#include "ingest/parse/container_wire.hpp"
#include "ingest/parse/parser_exit.hpp"
#include "ingest/pdf/read_pdf.hpp"
#include "ingest/readers/containers.hpp"
#include "ingest/readers/readers.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace millrace::ingest {
namespace {

constexpr std::string_view pdf_kind = "pdf";
constexpr std::string_view pdfinfo_kind = "pdfinfo";
/// The file, for tools that open it by a name: theirs to read from its beginning.
constexpr const char* standard_input = "/proc/self/fd/0";

/// By their paths; empty for one that is not there.
struct poppler {
  std::string pdfinfo;
  std::string pdftotext;
  std::string pdftohtml;
};

std::optional<std::string> read_standard_input() {
  std::string bytes;
  std::array<char, 1 << 16> buffer{};
  for (;;) {
    const auto got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got == 0)
      return bytes;
    if (got > 0)
      bytes.append(buffer.data(), static_cast<std::size_t>(got));
    else if (errno != EINTR)
      return std::nullopt;
  }
}

bool write_standard_output(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR)
      return false;
    if (count > 0)
      bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

int cannot(const char* what, int error, int status) {
  std::fprintf(stderr, "%s: %s\n", what, std::strerror(error));
  return status;
}

int finish(bool is_written) {
  return is_written ? parser_exit::ok : cannot("cannot write", errno, parser_exit::unreadable);
}

int hand_out(tree::read_result&& read) {
  std::string out;
  if (const auto* why = std::get_if<tree::unreadable>(&read))
    out = to_wire(*why);
  else
    out = to_wire(render(std::get<tree::document>(std::move(read))));
  return finish(write_standard_output(out));
}

/// The bytes of the members are not copied: they may be most of the memory.
int hand_out(container&& made) {
  if (const auto* why = std::get_if<tree::unreadable>(&made.text))
    return finish(write_standard_output(to_wire(*why)));
  const auto text = render(std::get<tree::document>(std::move(made.text)));
  return finish(write_standard_output(container_head(text, made)) &&
                std::all_of(made.members.begin(), made.members.end(), [](const tree::member& one) {
                  return write_standard_output(one.bytes);
                }));
}

formats::read_limits limits_of(const unpack_limits& from) {
  formats::read_limits limits;
  limits.max_members = static_cast<std::size_t>(from.members);
  limits.max_member_bytes = static_cast<std::size_t>(from.member_bytes);
  limits.max_total_bytes = static_cast<std::size_t>(from.bytes);
  return limits;
}

int refuse_all(const sandbox::parser_sandbox& in) {
  const int error = in.refuse_processes();
  return error != 0 ? error : in.refuse_programs();
}

int read_without_tools(const pool::request& what, const sandbox::parser_sandbox& in) {
  const auto* with = find_reader(what.kind);
  const auto* holding = what.unpack ? find_container_reader(what.kind) : nullptr;
  if (with == nullptr && holding == nullptr)
    return parser_exit::usage;
  if (const int error = refuse_all(in))
    return cannot("cannot limit the parser", error, parser_exit::cannot_start);
  const auto bytes = read_standard_input();
  if (!bytes)
    return cannot("cannot read the file", errno, parser_exit::unreadable);
  if (holding != nullptr)
    return hand_out(holding->read({*bytes, what.file_name}, limits_of(*what.unpack)));
  return hand_out(with->read({*bytes, what.file_name}));
}

int read_with_poppler(const poppler& tools, const sandbox::parser_sandbox& in) {
  auto made =
      pdf_layout::read_pdf(standard_input, {.pdftotext = tools.pdftotext,
                                            .pdftohtml = tools.pdftohtml,
                                            .before_exec = [&] { return in.refuse_processes(); },
                                            .when_started = [&] { return refuse_all(in); }});
  if (auto* read = std::get_if<tree::read_result>(&made))
    return hand_out(std::move(*read));
  const auto& failed = std::get<pdf_layout::tool_failed>(made);
  std::fprintf(stderr, "%s\n", failed.why.c_str());
  return failed.status < 0 ? parser_exit::not_found
                           : parser_exit::tool_signalled + WTERMSIG(failed.status);
}

/// This process becomes pdfinfo.
int ask_pdfinfo(const std::string& program, const sandbox::parser_sandbox& in) {
  if (const int error = in.refuse_processes())
    return cannot("cannot limit the parser", error, parser_exit::cannot_start);
  const std::array<const char*, 4> argv{"pdfinfo", "-isodates", standard_input, nullptr};
  const std::array<char*, 1> no_environment{};
  errno = ENOENT;
  if (!program.empty())
    ::execve(program.c_str(), const_cast<char**>(argv.data()), no_environment.data());
  return cannot("cannot start pdfinfo", errno,
                errno == ENOENT ? parser_exit::not_found : parser_exit::cannot_start);
}

/// Where a tool's libraries and data are: below the folder in which its `bin` is.
std::string home_of(const std::string& program) {
  std::error_code ignored;
  const auto folder = std::filesystem::canonical(program, ignored).parent_path();
  return folder.filename() == "bin" && folder != "/bin" ? folder.parent_path() : folder;
}

sandbox::readable_files files_for(std::string_view kind, const poppler& tools) {
  // Encodings that the C library loads when they are wanted, and time zones.
  sandbox::readable_files files{
      {"/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo", "/etc/ld.so.cache"}, {}};
  if (kind != pdf_kind && kind != pdfinfo_kind)
    return files;
  files.folders.insert(files.folders.end(), {"/etc/fonts", "/var/cache/fontconfig"});
  // The loader of programs is in one of the latter.
  files.programs = {"/usr/lib", "/usr/lib64", "/lib", "/lib64"};
  for (const auto* tool : {&tools.pdfinfo, &tools.pdftotext, &tools.pdftohtml})
    if (!tool->empty())
      files.programs.push_back(home_of(*tool));
  return files;
}

}  // namespace

pool::parser_work make_parser_work(std::string_view path) {
  const poppler tools{find_program("pdfinfo", path), find_program("pdftotext", path),
                      find_program("pdftohtml", path)};
  return {[tools](const std::string& kind) { return files_for(kind, tools); },
          [tools](const pool::request& what, const sandbox::parser_sandbox& in) {
            if (what.kind == pdf_kind)
              return read_with_poppler(tools, in);
            if (what.kind == pdfinfo_kind)
              return ask_pdfinfo(tools.pdfinfo, in);
            return read_without_tools(what, in);
          }};
}

bool is_parser_kind(std::string_view kind) {
  return kind == pdf_kind || kind == pdfinfo_kind || find_reader(kind) != nullptr;
}

void warm_up_readers() {
  for (const auto& with : readers()) {
    auto read = with.read({"<html><body><h1>a</h1><p>b c.</p></body></html>\n", "a"});
    if (auto* made = std::get_if<tree::document>(&read))
      to_wire(render(std::move(*made)));
  }
}

}  // namespace millrace::ingest
