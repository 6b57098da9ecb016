#include "storage/jobs/paused_stages.hpp"

namespace millrace::storage {

std::vector<paused_stage> paused_stages(connection& on, const pipeline::catalog& pipelines) {
  return guarded("cannot read which stages are paused", [&] {
    std::vector<paused_stage> paused;
    std::vector<paused_stage> whole_pipelines;
    on.prepared<std::string, std::string, std::int64_t, std::string>("paused_stages")
        .each([&](const std::string& in, const std::string& stage, std::int64_t since,
                  const std::string& by) {
          const bool is_whole = stage == every_stage;
          (is_whole ? whole_pipelines : paused)
              .push_back({in, stage, from_us(since), by, is_whole});
        });
    for (const auto& whole : whole_pipelines) {
      const auto known = pipelines.find(whole.pipeline);
      if (!known)
        paused.push_back(whole);
      else
        for (const auto& stage : pipelines.at(*known).stages)
          paused.push_back({whole.pipeline, stage.name, whole.since, whole.by, true});
    }
    return paused;
  });
}

}  // namespace millrace::storage
