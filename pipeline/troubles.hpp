#pragma once

#include "base/time.hpp"
#include "pipeline/outcome.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace millrace::pipeline {

/// What the work of a stage needs is out of order, whatever the job: it comes again in half a
/// minute, uncharged.
snooze out_of_order(time_point now, std::string why);

/// Something that a person must put in order.
struct trouble {
  /// What is out of order: "stage words.counted".
  std::string what;
  std::string why;
  time_point since{};
};

/// What is out of order in this process, as handlers and checks find it. From any thread.
class troubles {
 public:
  /// The time is that of the first of a row.
  void set(const std::string& what, std::string why, time_point now);
  void clear(const std::string& what);
  /// In the order of their names.
  std::vector<trouble> all() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, trouble> all_;
};

/// One entry of the troubles. To say that all is well again and again costs one look at a flag.
class trouble_entry {
 public:
  trouble_entry(std::shared_ptr<pipeline::troubles> troubles, std::string what)
      : troubles_{std::move(troubles)}, what_{std::move(what)} {}

  void set(std::string why, time_point now);
  void clear();

 private:
  const std::shared_ptr<troubles> troubles_;
  const std::string what_;
  std::atomic<bool> is_set_ = false;
};

}  // namespace millrace::pipeline
