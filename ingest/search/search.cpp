#include "ingest/search/search.hpp"

#include "ingest/search/chunk_words.hpp"
#include "ingest/search/query.hpp"
#include "ingest/search/similar_chunks.hpp"
#include "ingest/words/analyser.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace millrace::ingest {
namespace {

using search::candidate;

/// Chunks that are ranked for one search: of an answer, and of all.
constexpr std::size_t ranked_per_answer = 20;
constexpr std::size_t ranked_at_least = 300;
/// Reciprocal rank fusion (Cormack, Clarke, Büttcher 2009).
constexpr double rank_constant = 60;
/// What the second best chunk of a document adds to the best, the third to that, and so on.
constexpr double further_chunk = 0.2;

using chunk_key = std::pair<std::string, std::int64_t>;

chunk_key key_of(const search_hit& hit) { return {hit.document_id, hit.chunk.ord}; }

void sort(std::vector<search_hit>& hits) {
  std::sort(hits.begin(), hits.end(), [](const search_hit& a, const search_hit& b) {
    return a.score != b.score
               ? a.score > b.score
               : std::tie(a.document_id, a.chunk.ord) < std::tie(b.document_id, b.chunk.ord);
  });
}

search_hit hit_of(candidate&& from) {
  return {.document_id = std::move(from.document_id),
          .document_name = std::move(from.document_name),
          .source_path = std::move(from.source_path),
          .title = std::move(from.title),
          .owner = std::move(from.owner),
          .media_type = std::move(from.media_type),
          .chunk = std::move(from.chunk)};
}

/// By their words, best first.
std::vector<search_hit> lexical_hits(storage::connection& on, const search_request& request,
                                     std::size_t limit) {
  auto& with = search::analyser_of_thread();
  const auto asked = search::read_query(with, request.query);
  if (asked.words.empty())
    return {};
  const auto figures = search::count_words(on, asked);
  const search::ranking by{asked, figures};
  std::vector<search_hit> hits;
  for (auto& one : search::find_candidates(on, asked, figures, request.of, limit)) {
    const auto title = search::searched_title(one.title, one.document_name);
    auto judged = by.judge(with, {title, one.chunk.heading_path, one.chunk.text, one.language});
    if (!judged.fits || judged.score <= 0)
      continue;
    auto& hit = hits.emplace_back(hit_of(std::move(one)));
    hit.score = hit.word_score = judged.score;
    hit.marks = std::move(judged.marks);
  }
  sort(hits);
  return hits;
}

/// Adds what is near in meaning, and gives each the sum of its reciprocal ranks.
void fuse(storage::connection& on, const search_request& request, std::size_t limit,
          std::vector<search_hit>& hits) {
  std::map<chunk_key, std::size_t> known;
  for (std::size_t n = 0; n < hits.size(); ++n) {
    known.emplace(key_of(hits[n]), n);
    hits[n].score = 1 / (rank_constant + static_cast<double>(n) + 1);
  }
  double rank = 0;
  for (auto& [similarity, one] : search::similar_chunks(on, request.meant->embedder,
                                                        request.meant->values, request.of, limit)) {
    ++rank;
    auto hit = hit_of(std::move(one));
    const auto [at, is_new] = known.emplace(key_of(hit), hits.size());
    if (is_new)
      hits.push_back(std::move(hit));
    auto& known_hit = hits[at->second];
    known_hit.similarity = similarity;
    known_hit.score += 1 / (rank_constant + rank);
  }
  sort(hits);
}

/// The best chunk of each document, which counts more where others of it answer too.
std::vector<search_hit> best_of_documents(std::vector<search_hit>&& hits) {
  std::vector<search_hit> best;
  std::map<std::string, std::pair<std::size_t, double>> seen;
  for (auto& one : hits) {
    const auto [at, is_new] = seen.emplace(one.document_id, std::pair{best.size(), further_chunk});
    if (is_new) {
      best.push_back(std::move(one));
      continue;
    }
    auto& [first, share] = at->second;
    best[first].score += share * one.score;
    share *= further_chunk;
  }
  sort(best);
  return best;
}

}  // namespace

std::vector<search_hit> search_chunks(storage::connection& on, const search_request& request) {
  return storage::guarded("cannot search", [&] {
    if (request.top == 0)
      return std::vector<search_hit>{};
    const auto limit = std::max(ranked_at_least, request.top * ranked_per_answer);
    auto hits = request.is_by_words ? lexical_hits(on, request, limit) : std::vector<search_hit>{};
    if (request.meant)
      fuse(on, request, limit, hits);
    if (request.is_per_document)
      hits = best_of_documents(std::move(hits));
    if (hits.size() > request.top)
      hits.resize(request.top);
    return hits;
  });
}

std::int64_t count_not_indexed(storage::connection& on) {
  return storage::guarded("cannot search", [&] {
    return std::get<0>(on.prepared<std::int64_t>("count_not_indexed")
                           .with("analyser", search::analyser_name)
                           .first()
                           .value());
  });
}

}  // namespace millrace::ingest
