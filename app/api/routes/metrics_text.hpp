#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace millrace::app::api {

/// Writes figures as OpenMetrics 1.0 text (https://prometheus.io/docs/specs/om/open_metrics_spec):
/// a family with its type and help, then its samples.
class metrics_text {
 public:
  using labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// The samples that follow are of this family. Types: "counter", "gauge", "histogram", "info".
  void family(std::string_view name, std::string_view type, std::string_view help);

  /// The name is that of the family, with `suffix` ("_total", "_bucket", "_sum", "_count").
  void sample(std::string_view suffix, labels with, double value);
  void sample(std::string_view suffix, labels with, std::int64_t value);

  /// The whole, with its end.
  std::string finish();

 private:
  void begin_sample(std::string_view suffix, labels with);

  std::string family_;
  std::string text_;
};

/// Its media type.
inline constexpr std::string_view openmetrics_type =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

}  // namespace millrace::app::api
