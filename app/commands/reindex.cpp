#include "app/commands/commands.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"
#include "ingest/search/index_chunks.hpp"

#include <fmt/format.h>

#include <cstddef>

namespace millrace::app {
namespace {

constexpr auto reindex_help = R"(
A search finds words through an index that is written with each document. What an earlier version
ingested, or another analyser of words has read, is indexed by this; runtimes may go on meanwhile.

Example:
  millrace reindex
)";

exit_code run_reindex(const invocation& call) {
  constexpr std::size_t at_once = 20;
  const auto on = open_existing(call);
  std::size_t done = 0;
  for (;;) {
    const auto count = ingest::search::index_older_documents(*on, at_once);
    done += count;
    if (count == 0)
      break;
    if (done % 1000 == 0)
      print("{} documents are indexed\n", done);
  }
  print("{} documents were indexed; a search finds the words of all\n", done);
  return exit_code::well;
}

}  // namespace

command reindex_command() {
  return {"reindex", "Index the words of documents that an earlier version ingested.",
          "",        0,
          0,         reindex_help,
          nullptr,   run_reindex};
}

}  // namespace millrace::app
