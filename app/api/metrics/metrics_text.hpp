#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace millrace::app::api {

enum class metric_type : std::uint8_t { counter, gauge, histogram, info };

/// Metrics of one name, which differ in the values of their labels.
struct metric_family {
  /// Without the suffix that belongs to the type. Where it ends in `_seconds` or `_bytes`, that is
  /// its unit.
  std::string_view name;
  metric_type type{};
  /// "pipeline, stage"; empty for none.
  std::string_view labels;
  /// A sentence.
  std::string_view help;
};

/// The name that its samples have, those of a histogram with `_bucket`, `_sum` and `_count`.
std::string sample_name(const metric_family& of);

std::string_view to_string(metric_type type);

/// How figures are written: as OpenMetrics 1.0
/// (https://prometheus.io/docs/specs/om/open_metrics_spec), or as Prometheus' text format 0.0.4.
enum class exposition : std::uint8_t { openmetrics, plain };

/// What a client that sends this header `Accept` gets: OpenMetrics only where it names that and
/// prefers nothing to it, for a client that does not know it cannot read its counters.
exposition choose_exposition(std::string_view accept);

std::string_view media_type_of(exposition format);

/// Writes families, each with its head and then its samples. A family without samples is left out.
class metrics_text {
 public:
  explicit metrics_text(exposition format) : format_(format) {}

  /// The samples that follow are of this family, which must outlive the text. Each family is
  /// written once.
  void family(const metric_family& of);

  /// Takes the values of the family's labels, in their order.
  using values = std::initializer_list<std::string_view>;
  void sample(values of_labels, double value);
  void sample(values of_labels, std::int64_t value);
  /// 1 or 0.
  void flag(values of_labels, bool is_so) { sample(of_labels, std::int64_t{is_so}); }
  /// `counts` has what fell within each bound and not within the one before, and beyond the last.
  void histogram(values of_labels, std::span<const double> bounds,
                 std::span<const std::int64_t> counts, double sum);

  /// The whole, with its end.
  std::string finish();

 private:
  void head();
  void begin_sample(std::string_view suffix, values of_labels, std::string_view bound = {});
  void add_escaped(std::string_view text, bool with_quotes);

  exposition format_;
  const metric_family* family_ = nullptr;
  bool has_head_ = false;
  std::string text_;
};

}  // namespace millrace::app::api
