#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::ingest::search {

/// A question, and the documents that answer it: names, ends of paths, or ids.
struct judged_question {
  std::string query;
  std::vector<std::string> right;
};

/// Reads questions, one a line: JSON objects with `query` and a list `documents`, or the query and
/// its documents separated by a tab, the documents by commas. Empty lines and lines that begin with
/// # are left out. Throws error, which names the line.
std::vector<judged_question> read_questions(std::string_view text);

/// A document that was found.
struct found_document {
  std::string id;
  std::string name;
  std::string path;
};

/// Whether the document is one of those that are right.
bool is_right(const judged_question& question, const found_document& document);

/// Answers that count.
inline constexpr std::size_t judged_depth = 10;

/// How well a search finds; all from 0 to 1, means over the questions.
struct quality {
  std::size_t questions = 0;
  /// The share of questions with a right document among the first 1, 3, 5 and 10.
  double recall_1 = 0;
  double recall_3 = 0;
  double recall_5 = 0;
  double recall_10 = 0;
  /// Of the first right document; 0 where it is not among the first ten.
  double reciprocal_rank = 0;
  /// Normalised discounted cumulative gain of the first ten (Järvelin, Kekäläinen 2002).
  double ndcg_10 = 0;
};

/// A question without a right document among the first five.
struct miss {
  judged_question question;
  std::vector<found_document> found;
};

struct evaluation {
  quality figures;
  std::vector<miss> misses;
};

/// Asks each question; `search` gives the best documents, best first.
evaluation evaluate(
    const std::vector<judged_question>& questions,
    const std::function<std::vector<found_document>(const std::string& query)>& search);

}  // namespace millrace::ingest::search
