#include "app/commands/inspect/inspect_replay_dead.hpp"

#include "app/commands/inspect/attach.hpp"
#include "app/commands/jobs/change_many.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"

#include <fmt/format.h>

#include <chrono>
#include <thread>

namespace millrace::app {

exit_code inspect_replay_dead(const invocation& call) {
  using clock = std::chrono::steady_clock;
  const auto on = attach(call);
  if (!call.has("yes") && !confirm("send all dead jobs that match back?")) {
    print("nothing was sent back\n");
    return exit_code::no;
  }
  actors::send_back_dead piece{.pipeline = call.text("pipeline"),
                               .stage = call.text("stage"),
                               .code = call.text("code"),
                               .from = call.text("from"),
                               .by = user_name()};
  storage::sent_back sum;
  do {
    const auto begin = clock::now();
    const auto became = on->send_back(piece);
    if (!became.trouble.empty()) {
      tell_changed("sent back", sum);
      throw error{exit_code::database, "cannot send dead jobs back", became.trouble,
                  "the same command does the rest"};
    }
    storage::sent_back more{.replayed = became.replayed, .changed = became.changed, .refused = {}};
    for (const auto& [why, count] : became.refused)
      more.refused[why] = count;
    sum += more;
    piece.after = became.next_after;
    // The runtime itself must get its turn.
    if (piece.after != 0)
      std::this_thread::sleep_for(clock::now() - begin);
  } while (piece.after != 0);
  tell_changed("sent back", sum);
  return sum.refused.empty() ? exit_code::well : exit_code::no;
}

}  // namespace millrace::app
