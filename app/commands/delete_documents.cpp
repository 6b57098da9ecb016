#include "app/commands/delete_documents.hpp"

#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"
#include "ingest/store/blob_store.hpp"
#include "ingest/store/delete_documents.hpp"
#include "ingest/store/document_queries.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace millrace::app {
namespace {

namespace po = boost::program_options;

/// A path with all its versions, or, where it is empty, one document.
struct doomed {
  std::string owner;
  std::string path;
  std::string document{};

  const std::string& name() const { return path.empty() ? document : path; }
};

/// That path, or those below it.
std::vector<doomed> paths_to_delete(const invocation& call, storage::connection& on) {
  const ingest::path_filter filter{
      .owner = call.has("owner") ? call.text("owner") : call.config.values.owner,
      .path = path_option(call, "path")};
  std::vector<doomed> all;
  for (auto& [owner, path] : ingest::list_paths(on, filter))
    all.push_back({std::move(owner), std::move(path)});
  return all;
}

std::vector<doomed> find_doomed(const invocation& call, storage::connection& on) {
  std::vector<doomed> all;
  for (const auto& id : call.arguments) {
    if (!ingest::find_document(on, id))
      throw error{exit_code::no, fmt::format("cannot delete document {}", id),
                  "there is no such document", "`millrace documents` shows the ids"};
    all.push_back({{}, {}, id});
  }
  if (call.has("path"))
    for (auto& one : paths_to_delete(call, on))
      all.push_back(std::move(one));
  return all;
}

ingest::deletion erase(storage::connection& on, const doomed& one, time_point now) {
  return one.path.empty() ? ingest::delete_document(on, one.document, user_name(), now)
                          : ingest::delete_path(on, one.owner, one.path, user_name(), now);
}

}  // namespace

bool names_documents(const invocation& call) { return !call.arguments.empty() || call.has("path"); }

void declare_delete_documents(po::options_description_easy_init add) {
  add("path", po::value<std::string>()->value_name("P"),
      "documents of this file, or of the files below this folder");
  add("owner", po::value<std::string>()->value_name("WHO"),
      "whose documents --path means (ingest.owner)");
}

exit_code delete_documents(const invocation& call) {
  if (call.has("state"))
    throw bad_usage("cannot delete", "--state is about jobs, and documents are named",
                    "delete the one or the other");
  const auto on = open_existing(call);
  const auto all = find_doomed(call, *on);
  if (all.empty()) {
    print("no document matches\n");
    return exit_code::well;
  }
  if (call.has("dry-run")) {
    for (const auto& one : all)
      print("{}\n", one.name());
    return exit_code::well;
  }
  const auto many = all.size() == 1 ? all.front().name() : fmt::format("{} files", all.size());
  if (!call.has("yes") && !confirm(fmt::format("delete what was taken in of {}?", many))) {
    print("nothing was deleted\n");
    return exit_code::no;
  }
  ingest::blob_store files{call.config.values.blob_dir};
  std::size_t deleted = 0;
  std::size_t busy = 0;
  for (const auto& one : all) {
    const auto gone = erase(*on, one, call.time.now());
    ingest::remove_blobs(files, gone);
    deleted += gone.documents.size();
    if (gone.busy_job == 0)
      continue;
    ++busy;
    complain(
        "millrace: cannot delete {}: job {} still works on it\n  next: cancel it with `millrace "
        "cancel {}`, then delete it\n",
        one.name(), gone.busy_job, gone.busy_job);
  }
  print("deleted: {}\n", deleted);
  return busy == 0 ? exit_code::well : exit_code::no;
}

}  // namespace millrace::app
