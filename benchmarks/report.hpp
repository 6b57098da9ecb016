#pragma once

#include "benchmarks/options.hpp"

#include <string>
#include <vector>

namespace millrace::benchmarks {

/// The runs of one measured thing.
class samples {
 public:
  void add(double value) { values_.push_back(value); }
  double last() const { return values_.back(); }
  double median() const;
  double low() const;
  double high() const;
  std::size_t count() const { return values_.size(); }

 private:
  std::vector<double> values_;
};

/// The value that this part of them does not exceed; 0 of none.
double quantile(std::vector<double> values, double part);

/// How the medians of two compare: one value.
samples ratio_of_medians(const samples& of, const samples& to);

/// One line of a report. A rate ends in `/s`; of everything else, less is better, but for a ratio
/// to something faster.
struct figure {
  std::string name;
  std::string unit;
  samples runs;
};

struct report {
  std::string title;
  /// Cores, memory, kernel, compiler.
  std::string machine;
  /// Of millrace and of the database.
  std::vector<std::string> versions;
  std::vector<std::string> settings;
  std::vector<figure> figures;
};

/// A report without figures yet: what is measured, where, and how.
report begin_report(const std::string& title, const options& wanted);

/// As a table for people, or as one JSON document.
std::string as_table(const report& what);
std::string as_json(const report& what);

/// The largest resident set of this process so far, in MB.
double peak_rss_mb();

}  // namespace millrace::benchmarks
