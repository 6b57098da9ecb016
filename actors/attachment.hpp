#pragma once

#include "actors/attach_to.hpp"
#include "actors/views.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace millrace::actors {

/// A connection to the inspector of a running runtime. All calls wait for the answer, and throw
/// attach_error when it does not come: the runtime has ended, or it hangs. For one thread.
class attachment {
 public:
  /// `version` is that of this binary. Throws attach_error when there is nobody.
  attachment(const std::filesystem::path& data_dir, const std::string& version);
  ~attachment();
  attachment(const attachment&) = delete;
  attachment& operator=(const attachment&) = delete;

  runtime_view runtime();
  actors_view actors();
  stages_view stages();
  health_view health();
  runtimes_view runtimes();
  order_answer change(const change_order& what);

 private:
  struct node;
  std::unique_ptr<node> node_;
};

}  // namespace millrace::actors
