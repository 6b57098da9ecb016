#include "app/commands/commands.hpp"
#include "app/commands/jobs/records.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"
#include "ingest/store/blob_store.hpp"
#include "ingest/store/document_queries.hpp"
#include "ingest/store/document_versions.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

#include <optional>
#include <string>

namespace millrace::app {
namespace {

namespace po = boost::program_options;

constexpr auto documents_help = R"(
In a pipe: one line a document, cells separated by tabs: id, name, status, type, chunks and
warnings.

Examples:
  millrace documents --owner ann
  millrace documents --json
)";

constexpr auto document_help = R"(
--text prints the text as it was parsed, --chunks the chunks that a search can find, --versions what the
paths of the document have, had and will have.

Example:
  millrace document 3f1c9b1e-7f5e-5d57-a3c1-52f0f6f4f0b1
  millrace document 3f1c9b1e-7f5e-5d57-a3c1-52f0f6f4f0b1 --versions
)";

void declare_documents(po::options_description_easy_init add) {
  add("owner", po::value<std::string>()->value_name("WHO"), "only documents of this owner");
  add("path", po::value<std::string>()->value_name("P"),
      "only documents of this file, or of the files below this folder");
  add("status", po::value<std::string>()->value_name("S"),
      "only those in this status: registered, parsed, chunked, embedded or replaced");
  add("all", "replaced versions as well");
  add("after", po::value<std::string>()->value_name("ID"),
      "only documents with a higher id: the next page, after the last one of this");
  add("limit", po::value<std::int64_t>()->value_name("N")->default_value(50), "so many at most");
  add("json", "print a JSON document");
}

void declare_document(po::options_description_easy_init add) {
  add("text", "print its text");
  add("chunks", "show its chunks");
  add("versions", "show the versions of its paths");
  add("json", "print a JSON document");
}

std::string status_option(const invocation& call) {
  return call.has("status") ? std::string{to_string(choice_option(
                                  call, "status", ingest::all_document_statuses, "status"))}
                            : std::string{};
}

exit_code run_documents(const invocation& call) {
  const ingest::document_filter filter{.owner = call.text("owner"),
                                       .after = call.text("after"),
                                       .limit = count_option(call, "limit"),
                                       .path = path_option(call, "path"),
                                       .status = status_option(call),
                                       .with_replaced = call.has("all")};
  const auto on = open_existing(call);
  const auto documents = ingest::list_documents(*on, filter);
  if (const auto as = choose_style(call.has("json")); as == style::json)
    print_page(to_json(documents));
  else
    print_table(document_table(documents), as);
  return exit_code::well;
}

exit_code print_text(const invocation& call, const ingest::document& document) {
  ingest::blob_store files{call.config.values.blob_dir};
  const auto text = document.parsed_uri.empty() ? std::nullopt : files.get(document.parsed_uri);
  if (!text)
    throw error{exit_code::no, fmt::format("cannot show the text of {}", document.id),
                "it has none", fmt::format("`millrace explain {}` says why", document.job_id)};
  print_page(*text);
  return exit_code::well;
}

exit_code print_chunks(storage::connection& on, const ingest::document& document, style as) {
  const auto chunks = ingest::list_chunks(on, document.id, 0, document.chunk_count);
  if (as == style::json)
    print_page(to_json(chunks));
  else
    print_table(chunk_table(chunks), as);
  return exit_code::well;
}

exit_code print_versions(storage::connection& on, const ingest::document& document, style as) {
  const auto versions = ingest::list_versions(on, document.id);
  if (as == style::json)
    print_page(to_json(versions));
  else
    print_table(version_table(versions), as);
  return exit_code::well;
}

exit_code run_document(const invocation& call) {
  const auto& id = call.arguments.front();
  const auto on = open_existing(call);
  const auto document = ingest::find_document(*on, id);
  if (!document)
    throw error{exit_code::no, fmt::format("cannot show document {}", id),
                "there is no such document", "`millrace documents` shows the ids"};
  const auto as = choose_style(call.has("json"));
  if (call.has("text"))
    return print_text(call, *document);
  if (call.has("chunks"))
    return print_chunks(*on, *document, as);
  if (call.has("versions"))
    return print_versions(*on, *document, as);
  if (as == style::json) {
    print_page(to_json(*document));
    return exit_code::well;
  }
  print_table(document_details(*document), as);
  if (const auto warnings = warning_table(*document); !warnings.rows.empty()) {
    print("\n");
    print_table(warnings, as);
  }
  return exit_code::well;
}

}  // namespace

command documents_command() {
  return {"documents",
          "List documents, in the order of their ids.",
          "",
          0,
          0,
          documents_help,
          declare_documents,
          run_documents};
}

command document_command() {
  return {"document",
          "Show a document, with what its parser had to guess or leave out.",
          "ID",
          1,
          1,
          document_help,
          declare_document,
          run_document};
}

}  // namespace millrace::app
