#include "ingest/search/similar_chunks.hpp"

#include "ingest/store/vector_bytes.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace millrace::ingest::search {
namespace {

struct nearest {
  double score = 0;
  std::string document_id;
  std::int64_t ord = 0;
};

bool better(const nearest& a, const nearest& b) {
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
std::vector<nearest> nearest_chunks(storage::connection& on, const std::string& embedder,
                                    const vector& query, const filter& of, std::size_t k) {
  const cosine_to score{query};
  std::vector<nearest> heap;
  bind(on.prepared<std::string, std::int64_t, std::string>("searchable_vectors"), of)
      .with("embedder", embedder)
      .each([&](const std::string& document_id, std::int64_t ord, const std::string& bytes) {
        nearest one{score(from_bytes(on.decode_bytes(bytes))), document_id, ord};
        if (one.score <= 0)
          return;
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

std::vector<std::pair<double, candidate>> similar_chunks(storage::connection& on,
                                                         const std::string& embedder,
                                                         const vector& query, const filter& of,
                                                         std::size_t limit) {
  std::vector<std::pair<double, candidate>> found;
  if (limit == 0)
    return found;
  for (const auto& near : nearest_chunks(on, embedder, query, of, limit))
    if (auto one = find_candidate(on, near.document_id, near.ord))
      found.emplace_back(near.score, *std::move(one));
  return found;
}

}  // namespace millrace::ingest::search
