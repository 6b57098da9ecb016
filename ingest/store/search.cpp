#include "ingest/store/document_store.hpp"
#include "ingest/store/vector_bytes.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace millrace::ingest {
namespace {

struct candidate {
  double score = 0;
  std::string document_id;
  std::int64_t ord = 0;
};

bool better(const candidate& a, const candidate& b) {
  return a.score != b.score ? a.score > b.score
                            : std::tie(a.document_id, a.ord) < std::tie(b.document_id, b.ord);
}

/// The cosine of the angle to one vector; 0 where one of them has no length or they differ in size.
class cosine_to {
 public:
  explicit cosine_to(const vector& query) : query_(query) {
    for (const double x : query)
      length_ += x * x;
    length_ = std::sqrt(length_);
  }

  double operator()(const vector& other) const {
    if (other.size() != query_.size())
      return 0;
    double product = 0;
    double length = 0;
    for (std::size_t i = 0; i < other.size(); ++i) {
      const double x = other[i];
      product += x * static_cast<double>(query_[i]);
      length += x * x;
    }
    const auto both = length_ * std::sqrt(length);
    return both > 0 ? product / both : 0;
  }

 private:
  const vector& query_;
  double length_ = 0;
};

/// The best `k`, best first. Holds no more than these: the worst of them is on top of the heap.
std::vector<candidate> best_candidates(storage::connection& on, const std::string& embedder,
                                       const vector& query, std::size_t k) {
  const cosine_to score{query};
  std::vector<candidate> heap;
  on.prepared<std::string, std::int64_t, std::string>("searchable_vectors")
      .with("embedder", embedder)
      .each([&](const std::string& document_id, std::int64_t ord, const std::string& bytes) {
        candidate one{score(from_bytes(on.decode_bytes(bytes))), document_id, ord};
        if (heap.size() == k) {
          if (!better(one, heap.front()))
            return;
          std::pop_heap(heap.begin(), heap.end(), better);
          heap.pop_back();
        }
        heap.push_back(std::move(one));
        std::push_heap(heap.begin(), heap.end(), better);
      });
  std::sort_heap(heap.begin(), heap.end(), better);
  return heap;
}

}  // namespace

std::vector<search_hit> search(storage::connection& on, const std::string& embedder,
                               const vector& query, std::size_t k) {
  return storage::guarded("cannot search", [&] {
    std::vector<search_hit> hits;
    if (k == 0)
      return hits;
    for (const auto& one : best_candidates(on, embedder, query, k)) {
      on.prepared<std::string, std::string, std::string, std::int64_t, std::string, std::int64_t,
                  std::int64_t, std::string, std::string, std::int64_t, std::int64_t, std::string>(
            "found_chunk")
          .with("document", one.document_id)
          .with("ord", one.ord)
          .each([&](const std::string& name, const std::string& source_path, const std::string& id,
                    std::int64_t ord, const std::string& heading_path, std::int64_t byte_begin,
                    std::int64_t byte_end, const std::string& text, const std::string& sha256,
                    std::int64_t first_page, std::int64_t last_page, const std::string& boxes) {
            hits.push_back({one.score,
                            one.document_id,
                            name,
                            source_path,
                            {id, ord, heading_path, byte_begin, byte_end, text, sha256, first_page,
                             last_page, boxes}});
          });
    }
    return hits;
  });
}

}  // namespace millrace::ingest
