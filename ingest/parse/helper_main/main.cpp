// millrace-parser: what reads files of foreign formats, in a process of its own, in a sandbox.
//
//   millrace-parser serve [PATH]
//                         takes files from the runtime, over the socket on standard input;
//                         poppler's tools are looked for in PATH
//   millrace-parser sandbox
//                         which parts of the sandbox this kernel gives, and which not and why
//   millrace-parser KIND FILE [CPU_SECONDS MEMORY_BYTES [NAME]]
//                         text, outline and metadata of a file called NAME, on stdout (to_wire);
//                         0 = no limit
//   millrace-parser KIND FILE CPU_SECONDS MEMORY_BYTES NAME MEMBERS MEMBER_BYTES BYTES
//                         text and members of a file that holds others (container_from_wire)
//
// KIND is that of a reader, or pdf, or pdfinfo.

#include "base/os/find_program.hpp"
#include "base/os/unique_fd.hpp"
#include "base/whole_number.hpp"
#include "ingest/parse/helper_main/work.hpp"
#include "ingest/parse/parser_exit.hpp"
#include "ingest/readers/containers.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

namespace {

namespace parser_exit = millrace::ingest::parser_exit;
namespace pool = millrace::ingest::pool;

int usage() {
  std::fputs(
      "usage: millrace-parser serve [PATH]\n"
      "       millrace-parser sandbox\n"
      "       millrace-parser KIND FILE [CPU_SECONDS MEMORY_BYTES [NAME]]\n"
      "       millrace-parser KIND FILE CPU_SECONDS MEMORY_BYTES NAME MEMBERS MEMBER_BYTES BYTES\n",
      stderr);
  return parser_exit::usage;
}

/// Ends without what runs at a usual exit, which may need more than the sandbox gives.
[[noreturn]] void leave(int status) {
  std::fflush(stdout);
  ::_exit(status);
}

[[noreturn]] void tell_parts() {
  millrace::ingest::sandbox::parser_sandbox in;
  in.enter();
  std::string active;
  std::string missing;
  for (const auto& part : in.parts()) {
    auto& list = part.why_not.empty() ? active : missing;
    list += list.empty() ? "" : ", ";
    list += part.why_not.empty() ? part.name : part.name + ": " + part.why_not;
  }
  std::printf("%s\n%s\n", active.c_str(), missing.c_str());
  leave(parser_exit::ok);
}

int convert(int argc, char** argv) {
  pool::request what{.kind = argv[1], .file_name = argc > 5 ? argv[5] : ""};
  if (argc > 3) {
    const auto cpu = millrace::parse_whole_number(argv[3]);
    const auto memory = millrace::parse_whole_number(argv[4]);
    if (!cpu || !memory)
      return usage();
    what.cpu_seconds = *cpu;
    what.memory_bytes = *memory;
  }
  if (argc == 9) {
    const auto members = millrace::parse_whole_number(argv[6]);
    const auto member_bytes = millrace::parse_whole_number(argv[7]);
    const auto bytes = millrace::parse_whole_number(argv[8]);
    if (!members || !member_bytes || !bytes)
      return usage();
    what.unpack = millrace::ingest::unpack_limits{*members, *member_bytes, *bytes};
  }
  const millrace::unique_fd file{::open(argv[2], O_RDONLY | O_CLOEXEC)};
  if (!file || ::dup2(file.get(), STDIN_FILENO) < 0) {
    std::fprintf(stderr, "cannot read %s: %s\n", argv[2], std::strerror(errno));
    return parser_exit::unreadable;
  }
  const auto work = millrace::ingest::make_parser_work(millrace::program_path());
  leave(pool::read_alone(work, what));
}

}  // namespace

int main(int argc, char** argv) {
  // Names of members are in UTF-8. What a locale needs is read before the limits hold.
  std::setlocale(LC_CTYPE, "C.UTF-8");
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "serve" && argc <= 3) {
    millrace::ingest::warm_up_readers();
    return pool::serve(
        millrace::ingest::make_parser_work(argc == 3 ? argv[2] : millrace::program_path()));
  }
  if (mode == "sandbox" && argc == 2)
    tell_parts();
  if (millrace::ingest::find_container_reader(mode) != nullptr && argc == 9)
    return convert(argc, argv);
  if (millrace::ingest::is_parser_kind(mode) && (argc == 3 || argc == 5 || argc == 6))
    return convert(argc, argv);
  return usage();
}
