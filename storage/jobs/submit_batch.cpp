#include "storage/jobs/submit_batch.hpp"

namespace millrace::storage {

std::optional<batch_position> find_batch(connection& on, const std::string& name) {
  return guarded("cannot read how far the batch is", [&]() -> std::optional<batch_position> {
    const auto found =
        on.prepared<std::string, std::int64_t, std::int64_t, std::string, std::int64_t>(
              "find_batch")
            .with("batch", name)
            .first();
    if (!found)
      return std::nullopt;
    const auto& [in, lines, bytes, sha256, made] = *found;
    return batch_position{in, lines, bytes, sha256, made};
  });
}

bool move_batch(connection& on, const std::string& name, const std::optional<batch_position>& from,
                const batch_position& to, time_point now) {
  return guarded("cannot write how far the batch is", [&] {
    auto& statement = on.prepared<>(from ? "advance_batch" : "begin_batch")
                          .with("batch", name)
                          .with("lines", to.lines)
                          .with("bytes", to.bytes)
                          .with("sha256", to.sha256)
                          .with("made", to.made)
                          .with("now", to_us(now));
    if (from)
      statement.with("lines_before", from->lines);
    else
      statement.with("pipeline", to.pipeline);
    return statement.run() > 0;
  });
}

}  // namespace millrace::storage
