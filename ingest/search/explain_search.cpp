#include "ingest/search/explain_search.hpp"

#include "ingest/search/chunk_words.hpp"
#include "ingest/search/query.hpp"
#include "ingest/store/document_queries.hpp"
#include "ingest/store/document_versions.hpp"
#include "ingest/words/analyser.hpp"
#include "storage/history/job_queries.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

namespace millrace::ingest {
namespace {

/// Answers among which the document's rank is looked for.
constexpr std::size_t looked_at = 1000;

std::string_view name_of(const search::query::word& one) {
  if (one.as == search::query::role::excluded)
    return "excluded";
  if (one.phrase != 0)
    return "phrase";
  return one.as == search::query::role::required ? "required" : "optional";
}

/// The words of the query, and which of them the document has.
std::vector<word_presence> find_words(storage::connection& on, const std::string& query,
                                      const document& of) {
  auto& with = search::analyser_of_thread();
  const auto asked = search::read_query(with, query);
  const auto figures = search::count_words(on, asked);
  std::vector<word_presence> words;
  for (std::size_t n = 0; n < asked.words.size(); ++n)
    words.push_back({asked.words[n].alternatives.front().term, std::string{name_of(asked.words[n])},
                     figures.with_word[n]});
  const search::ranking by{asked, figures};
  const auto title = search::searched_title(of.title, of.name);
  for (const auto& one : list_chunks(on, of.id, 0, std::numeric_limits<std::int64_t>::max())) {
    const auto found = by.words_in(with, {title, one.heading_path, one.text, of.language});
    for (std::size_t n = 0; n < words.size(); ++n)
      words[n].is_in_document = words[n].is_in_document || found[n];
  }
  return words;
}

/// "its job 7 is deadletter with FILE_EMPTY".
std::string fate_of(const storage::job_record& job) {
  return fmt::format("its job {} is {}{}{}", job.id, to_string(job.state),
                     job.code.empty() ? "" : " with ", job.code);
}

void tell_unfinished(storage::connection& on, const document& of, search_explanation& to) {
  to.why =
      fmt::format("it is {}: only documents that are embedded are searched", to_string(of.status));
  if (const auto job = storage::find_job(on, of.job_id))
    to.why += "; " + fate_of(*job);
  to.next = fmt::format("millrace explain {}", of.job_id);
}

void tell_replaced(storage::connection& on, const document& of, search_explanation& to) {
  to.why = "a newer version of its path is searched instead";
  for (const auto& one : list_versions(on, of.id))
    if (one.state == "current")
      to.next = fmt::format("millrace search ... --explain {}", one.document_id);
}

/// The filter that keeps the document out; empty where none does.
std::string_view filter_against(storage::connection& on, const document& of,
                                const search::filter& asked) {
  if (!asked.owner.empty() && asked.owner != of.owner)
    return "owner";
  if (!asked.media_type.empty() && asked.media_type != of.media_type)
    return "type";
  if (!asked.collection.empty() && asked.collection != of.collection)
    return "collection";
  const auto tags = nlohmann::json::parse(of.tags, nullptr, /*allow_exceptions=*/false);
  if (!asked.tag.empty() && std::find(tags.begin(), tags.end(), asked.tag) == tags.end())
    return "tag";
  const auto versions = list_versions(on, of.id);
  const auto begins_so = [&](const path_version& one) {
    return one.document_id == of.id && one.state == "current" && one.path.starts_with(asked.path);
  };
  if (!of.source_path.starts_with(asked.path) &&
      std::none_of(versions.begin(), versions.end(), begins_so))
    return "path";
  return {};
}

/// Why the words do not find it.
std::string against_words(const std::vector<word_presence>& words) {
  for (const auto& one : words) {
    if (one.as == "excluded" && one.is_in_document)
      return fmt::format("it has the excluded word `{}`", one.word);
    if ((one.as == "required" || one.as == "phrase") && !one.is_in_document)
      return fmt::format("it does not have the word `{}`, which has to be there", one.word);
  }
  if (std::none_of(words.begin(), words.end(),
                   [](const word_presence& one) { return one.is_in_document; }))
    return "it has none of the words";
  return fmt::format(
      "none of its chunks is among those that were ranked: each has too few of the words, has "
      "not all that have to be there, or {} documents answer better",
      looked_at);
}

void tell_rank(storage::connection& on, search_request request, const document& of,
               search_explanation& to) {
  request.top = looked_at;
  request.is_per_document = true;
  const auto hits = search_chunks(on, request);
  to.answers = hits.size();
  const auto at = std::find_if(hits.begin(), hits.end(),
                               [&](const search_hit& one) { return one.document_id == of.id; });
  if (at == hits.end()) {
    to.why = against_words(to.words);
    return;
  }
  to.rank = static_cast<std::size_t>(at - hits.begin()) + 1;
  to.score = at->score;
  to.best_score = hits.front().score;
  to.why = fmt::format("it is answer {} of {}, with a score of {:.3f}; the best has {:.3f}",
                       to.rank, to.answers, to.score, to.best_score);
}

bool is_indexed(storage::connection& on, const document& of) {
  return on.prepared<std::string>("is_indexed")
      .with("document", of.id)
      .with("analyser", search::analyser_name)
      .first()
      .has_value();
}

search_explanation explain(storage::connection& on, const search_request& request,
                           const document& of) {
  search_explanation made{
      .document_id = of.id, .document_name = of.name, .source_path = of.source_path};
  if (of.status == document_status::replaced) {
    tell_replaced(on, of, made);
    return made;
  }
  if (of.status != document_status::embedded) {
    tell_unfinished(on, of, made);
    return made;
  }
  made.words = find_words(on, request.query, of);
  if (const auto against = filter_against(on, of, request.of); !against.empty()) {
    made.why =
        fmt::format("the search is limited by --{}, and the document is of another", against);
    made.next = fmt::format("ask without --{}", against);
  } else if (of.chunk_count == 0) {
    made.why = "it has no text";
    made.next = fmt::format("millrace document {}", of.id);
  } else if (!is_indexed(on, of)) {
    made.why = "an earlier version of millrace ingested it: its words are not in the index";
    made.next = "millrace reindex";
  } else {
    tell_rank(on, request, of, made);
  }
  return made;
}

/// Of a path that no document has.
search_explanation explain_missing(storage::connection& on, const std::string& path) {
  search_explanation made{.source_path = path};
  const auto text =
      nlohmann::json(path).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  const auto found =
      std::get<0>(on.prepared<std::int64_t>("newest_job_with").with("text", text).first().value());
  const auto job = found == 0 ? std::nullopt : storage::find_job(on, found);
  if (!job) {
    made.why = "no document has this id or path, and no job names it";
    made.next = "millrace submit, or `millrace documents` for what there is";
    return made;
  }
  made.why = "it has no document: " + fate_of(*job);
  made.next = fmt::format("millrace explain {}", job->id);
  return made;
}

}  // namespace

std::vector<search_explanation> explain_search(storage::connection& on,
                                               const search_request& request, const std::string& id,
                                               const std::string& path) {
  return storage::guarded("cannot explain the search", [&] {
    std::vector<search_explanation> made;
    if (const auto one = find_document(on, id)) {
      made.push_back(explain(on, request, *one));
      return made;
    }
    auto of_path = list_documents(on, {.limit = 10, .path = path});
    if (of_path.empty())
      of_path = list_documents(on, {.limit = 1, .path = path, .with_replaced = true});
    for (const auto& one : of_path)
      made.push_back(explain(on, request, one));
    if (made.empty())
      made.push_back(explain_missing(on, path));
    return made;
  });
}

}  // namespace millrace::ingest
