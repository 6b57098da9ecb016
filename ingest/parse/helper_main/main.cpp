// millrace-parser: what reads files of foreign formats, in a process of its own.
//
//   millrace-parser KIND FILE [CPU_SECONDS MEMORY_BYTES [NAME]]
//                         text, outline and metadata of a file called NAME, on stdout (to_wire)
//   millrace-parser KIND FILE CPU_SECONDS MEMORY_BYTES NAME MEMBERS MEMBER_BYTES BYTES
//                         text and members of a file that holds others (container_from_wire)
//   millrace-parser run CPU_SECONDS MEMORY_BYTES -- ARGV
//                         ARGV under these limits; 0 = no limit
//
// KIND is that of a reader, or pdf.
//
// Started by millrace, once for each file: it links little, to start fast.

#include "ingest/document/wire.hpp"
#include "ingest/document/writer.hpp"
#include "ingest/files/read_file.hpp"
#include "ingest/parse/container_wire.hpp"
#include "ingest/parse/parser_exit.hpp"
#include "ingest/pdf/read_pdf.hpp"
#include "ingest/readers/containers.hpp"
#include "ingest/readers/readers.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace {

namespace parser_exit = millrace::ingest::parser_exit;

int usage() {
  std::fputs(
      "usage: millrace-parser KIND FILE [CPU_SECONDS MEMORY_BYTES [NAME]]\n"
      "       millrace-parser KIND FILE CPU_SECONDS MEMORY_BYTES NAME MEMBERS MEMBER_BYTES BYTES\n"
      "       millrace-parser run CPU_SECONDS MEMORY_BYTES -- PROGRAM [ARGUMENT...]\n",
      stderr);
  return parser_exit::usage;
}

std::string wire_form(millrace::ingest::tree::read_result&& read) {
  using namespace millrace::ingest;
  if (const auto* why = std::get_if<tree::unreadable>(&read))
    return to_wire(*why);
  return to_wire(render(std::get<tree::document>(std::move(read))));
}

bool write(std::string_view out) {
  return std::fwrite(out.data(), 1, out.size(), stdout) == out.size();
}

int finish(bool written) {
  return written && std::fflush(stdout) == 0 ? parser_exit::ok : parser_exit::unreadable;
}

int answer(millrace::ingest::tree::read_result&& read) {
  return finish(write(wire_form(std::move(read))));
}

/// The bytes of the members are not copied: they may be most of the memory.
int answer(millrace::ingest::container&& made) {
  using namespace millrace::ingest;
  if (const auto* why = std::get_if<tree::unreadable>(&made.text))
    return finish(write(to_wire(*why)));
  const auto text = render(std::get<tree::document>(std::move(made.text)));
  return finish(write(container_head(text, made)) &&
                std::all_of(made.members.begin(), made.members.end(),
                            [](const tree::member& one) { return write(one.bytes); }));
}

std::optional<std::string> read_whole(const char* path) {
  auto bytes = millrace::ingest::read_file(path);
  if (!bytes)
    std::fprintf(stderr, "cannot read %s: %s\n", path, std::strerror(errno));
  return bytes;
}

int convert(const millrace::ingest::reader& with, const char* path, std::string_view name) {
  const auto bytes = read_whole(path);
  return bytes ? answer(with.read({*bytes, name})) : parser_exit::unreadable;
}

int unpack(const millrace::ingest::container_reader& with, const char* path, std::string_view name,
           const millrace::ingest::formats::read_limits& limits) {
  const auto bytes = read_whole(path);
  return bytes ? answer(with.read({*bytes, name}, limits)) : parser_exit::unreadable;
}

int convert_pdf(const char* path) {
  auto made = millrace::ingest::pdf_layout::read_pdf(path);
  if (auto* read = std::get_if<millrace::ingest::tree::read_result>(&made))
    return answer(std::move(*read));
  const auto& failed = std::get<millrace::ingest::pdf_layout::tool_failed>(made);
  std::fprintf(stderr, "%s\n", failed.why.c_str());
  if (failed.status < 0)
    return parser_exit::not_found;
  // A tool that reached a limit ends this process as it was ended.
  std::signal(WTERMSIG(failed.status), SIG_DFL);
  std::raise(WTERMSIG(failed.status));
  return parser_exit::unreadable;
}

std::optional<rlim_t> number(std::string_view digits) {
  rlim_t value = 0;
  const auto* end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, value);
  return error == std::errc{} && at == end ? std::optional{value} : std::nullopt;
}

bool limit(decltype(RLIMIT_CPU) what, rlim_t soft, rlim_t hard) {
  const rlimit both{soft, hard};
  return ::setrlimit(what, &both) == 0;
}

/// Limits this process, and so what it becomes.
bool limit_all(const char* cpu, const char* memory) {
  const auto cpu_seconds = number(cpu);
  const auto memory_bytes = number(memory);
  errno = EINVAL;
  // A runtime that is killed leaves no parser behind.
  const bool limited = cpu_seconds && memory_bytes && ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
                       limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_FSIZE, 0, 0) &&
                       (*cpu_seconds == 0 || limit(RLIMIT_CPU, *cpu_seconds, *cpu_seconds + 1)) &&
                       (*memory_bytes == 0 || limit(RLIMIT_AS, *memory_bytes, *memory_bytes));
  if (!limited)
    std::fprintf(stderr, "cannot limit the parser: %s\n", std::strerror(errno));
  return limited;
}

/// Of the words MEMBERS MEMBER_BYTES BYTES; nothing where they are no numbers.
std::optional<millrace::ingest::formats::read_limits> unpack_limits(char** words) {
  const auto members = number(words[0]);
  const auto member_bytes = number(words[1]);
  const auto bytes = number(words[2]);
  if (!members || !member_bytes || !bytes)
    return std::nullopt;
  millrace::ingest::formats::read_limits limits;
  limits.max_members = *members;
  limits.max_member_bytes = *member_bytes;
  limits.max_total_bytes = *bytes;
  return limits;
}

[[noreturn]] void run(char** argv) {
  ::execvp(argv[0], argv);
  const int error = errno;
  std::fprintf(stderr, "cannot start %s: %s\n", argv[0], std::strerror(error));
  // What runs at a usual exit may need more than the limits allow.
  std::_Exit(error == ENOENT ? parser_exit::not_found : parser_exit::cannot_start);
}

}  // namespace

int main(int argc, char** argv) {
  std::set_new_handler([] { std::_Exit(parser_exit::out_of_memory); });
  // Names of members are in UTF-8. What a locale needs is read before the limits hold.
  std::setlocale(LC_CTYPE, "C.UTF-8");
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (const auto* holding = millrace::ingest::find_container_reader(mode);
      holding != nullptr && argc == 9) {
    const auto limits = unpack_limits(argv + 6);
    if (!limits)
      return usage();
    if (!limit_all(argv[3], argv[4]))
      return parser_exit::cannot_start;
    return unpack(*holding, argv[2], argv[5], *limits);
  }
  const auto* with = millrace::ingest::find_reader(mode);
  const bool is_pdf = mode == "pdf";
  if ((with != nullptr || is_pdf) && (argc == 3 || argc == 5 || argc == 6)) {
    if (argc > 3 && !limit_all(argv[3], argv[4]))
      return parser_exit::cannot_start;
    return is_pdf ? convert_pdf(argv[2]) : convert(*with, argv[2], argc == 6 ? argv[5] : "");
  }
  if (mode == "run" && argc > 5 && std::string_view{argv[4]} == "--") {
    if (!limit_all(argv[2], argv[3]))
      return parser_exit::cannot_start;
    run(argv + 5);
  }
  return usage();
}
