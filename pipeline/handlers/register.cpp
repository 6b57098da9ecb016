#include "pipeline/handlers/register.hpp"

#include "pipeline/handlers/http.hpp"
#include "pipeline/handlers/process/exec_once.hpp"
#include "pipeline/handlers/process/worker_pool.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string_view>

namespace millrace::pipeline::external {

void add_handlers(registry& to, const settings& how) {
  using namespace std::chrono_literals;
  to.add_kind("exec",
              [how](std::string_view command_line, const place& where) -> stage_work {
                const auto pool =
                    std::make_shared<child_pool>(make_recipe(command_line, where, how));
                return batch_handler{[pool](std::span<const job> jobs, const context& at,
                                            answers& out) { pool->work(jobs, at, out); }};
              },
              {.batch = 1000, .batch_time = 20ms});
  to.add_kind("exec-once", [how](std::string_view command_line, const place& where) -> stage_work {
    return make_once(command_line, where, how);
  });
  to.add_kind("http", [how](std::string_view url, const place& where) -> stage_work {
    return make_http(url, where, how);
  });
}

}  // namespace millrace::pipeline::external
