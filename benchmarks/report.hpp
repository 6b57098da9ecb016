#pragma once

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

/// One line of a report.
struct figure {
  std::string name;
  std::string unit;
  samples runs;
};

/// What the machine is: cores, memory, kernel, compiler.
std::string describe_machine();

/// The largest resident set of this process so far, in MB.
double peak_rss_mb();

/// Prints the figures, as a table or as one JSON document.
void print_report(const std::string& title, const std::vector<figure>& figures, bool json);

}  // namespace millrace::benchmarks
