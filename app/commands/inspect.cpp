#include "actors/attachment.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/inspect_views.hpp"
#include "app/commands/session.hpp"
#include "app/nearest.hpp"
#include "app/terminal/terminal.hpp"
#include "app/version.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <thread>

namespace millrace::app {
namespace {

namespace po = boost::program_options;
using namespace std::chrono_literals;

constexpr auto details = R"(
Attaches to the runtime that uses runtime.data_dir. Views:
  status              what the runtime is and how it fares
  actors              each of its actors: mailbox, work, restarts, and what it has in hand
  stages              jobs at each stage, speed, pauses
  health              healthy, degraded or unhealthy, and why; ends with 1 unless healthy
  runtimes            every runtime on the database
Orders:
  pause STAGE, resume STAGE, cancel ID, replay ID --from STAGE
  drain               begin nothing new, end when what is at work has ended
  stop                give back what is at work, and end

Examples:
  millrace inspect status
  millrace inspect stages --watch
  millrace inspect actors --json
)";

void declare(po::options_description_easy_init add) {
  add("json", "print a JSON document; with --watch one a line");
  add("watch", "show it anew each second, until Ctrl-C");
  add("pipeline", po::value<std::string>()->value_name("P")->default_value("ingest"),
      "the stage's pipeline, to pause or resume");
  add("from", po::value<std::string>()->value_name("STAGE"), "the stage to replay from");
}

using view = std::function<shown_view(actors::attachment&)>;

const std::map<std::string, view>& views() {
  static const std::map<std::string, view> all{
      {"status", [](auto& from) { return show(from.runtime(), now()); }},
      {"actors", [](auto& from) { return show(from.actors()); }},
      {"stages", [](auto& from) { return show(from.stages(), now()); }},
      {"health", [](auto& from) { return show(from.health()); }},
      {"runtimes", [](auto& from) { return show(from.runtimes(), now()); }}};
  return all;
}

std::unique_ptr<actors::attachment> attach(const invocation& call) {
  return std::make_unique<actors::attachment>(call.config.values.runtime.data_dir,
                                              std::string{version()});
}

void print_view(const shown_view& what, style as, int indent) {
  if (as == style::json) {
    print(what.document.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace) + '\n');
    return;
  }
  print_table(what.rows, as);
  if (as == style::aligned)
    print(what.note);
}

/// Never returns: Ctrl-C, or a reader that has seen enough, ends the process. A runtime that goes
/// away is waited for.
[[noreturn]] void watch(const invocation& call, const view& what, style as) {
  constexpr auto clear_screen = "\x1b[H\x1b[2J";
  auto on = attach(call);
  for (;;) {
    try {
      if (!on)
        on = attach(call);
      const auto shown = what(*on);
      if (as == style::aligned)
        print(clear_screen);
      print_view(shown, as, -1);
    } catch (const actors::attach_error& gone) {
      if (on)
        std::fputs(fmt::format("millrace: waiting for the runtime: {}\n", gone.why()).c_str(),
                   stderr);
      on = nullptr;
    }
    flush_output();
    std::this_thread::sleep_for(1s);
  }
}

exit_code run_view(const invocation& call, const view& what) {
  const auto as = choose_style(call.has("json"));
  if (call.has("watch"))
    watch(call, what, as);
  const auto shown = what(*attach(call));
  print_view(shown, as, 2);
  return shown.is_well ? exit_code::well : exit_code::no;
}

struct order_form {
  actors::order what = actors::order::drain;
  /// What stands after it; null for nothing.
  const char* argument = nullptr;
};

const std::map<std::string, order_form>& orders() {
  static const std::map<std::string, order_form> all{
      {"pause", {actors::order::pause, "STAGE"}}, {"resume", {actors::order::resume, "STAGE"}},
      {"cancel", {actors::order::cancel, "ID"}},  {"replay", {actors::order::replay, "ID"}},
      {"drain", {actors::order::drain, nullptr}}, {"stop", {actors::order::stop, nullptr}}};
  return all;
}

error bad_order(const std::string& verb, std::string why) {
  return bad_usage(fmt::format("cannot {}", verb), std::move(why), "see `millrace inspect --help`");
}

exit_code run_order(const invocation& call, const std::string& verb, const order_form& form) {
  const bool has_argument = call.arguments.size() > 1;
  if (form.argument != nullptr && !has_argument)
    throw bad_order(verb, fmt::format("{} is missing", form.argument));
  if (form.argument == nullptr && has_argument)
    throw bad_order(verb, "it takes no argument");
  if (call.has("watch") || call.has("json"))
    throw bad_order(verb, "--watch and --json are for views");
  actors::change_order order{.what = form.what, .by = user_name()};
  if (form.what == actors::order::pause || form.what == actors::order::resume) {
    order.pipeline = call.text("pipeline");
    order.stage = call.arguments[1];
  } else if (has_argument) {
    order.job = job_id(call.arguments[1]);
  }
  if (form.what == actors::order::replay) {
    if (!call.has("from"))
      throw bad_order(verb, "--from STAGE is missing");
    order.stage = call.text("from");
  }
  const auto answer = attach(call)->change(order);
  if (!answer.done)
    throw error{exit_code::no,
                has_argument ? fmt::format("cannot {} {}", verb, call.arguments[1])
                             : fmt::format("cannot {} the runtime", verb),
                answer.text, "`millrace inspect stages` and `millrace jobs` show how things stand"};
  print(answer.text + '\n');
  return exit_code::well;
}

exit_code run(const invocation& call) {
  const std::string what = call.arguments.empty() ? "status" : call.arguments.front();
  if (const auto at = orders().find(what); at != orders().end())
    return run_order(call, what, at->second);
  if (const auto at = views().find(what); at != views().end()) {
    if (call.arguments.size() > 1)
      throw bad_usage(fmt::format("cannot show `{}`", call.arguments[1]),
                      fmt::format("the view `{}` takes no argument", what),
                      "see `millrace inspect --help`");
    return run_view(call, at->second);
  }
  std::vector<std::string> known;
  for (const auto& [name, unused] : views())
    known.push_back(name);
  for (const auto& [name, unused] : orders())
    known.push_back(name);
  throw bad_usage("cannot inspect the runtime", fmt::format("unknown view or order `{}`", what),
                  did_you_mean(what, known) + " See `millrace inspect --help`");
}

}  // namespace

command inspect_command() {
  return {"inspect",
          "Look into a running runtime, and direct it.",
          "[VIEW | ORDER [STAGE | ID]]",
          0,
          2,
          details,
          declare,
          run};
}

}  // namespace millrace::app
