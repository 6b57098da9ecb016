#include "app/commands/inspect/inspect_orders.hpp"

#include "app/commands/inspect/attach.hpp"
#include "app/commands/inspect/inspect_replay_dead.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

namespace millrace::app {
namespace {

struct order_form {
  actors::order what{};
  /// What stands after it; null for nothing.
  const char* argument = nullptr;
};

const std::map<std::string, order_form>& forms() {
  static const std::map<std::string, order_form> all{
      {"pause", {actors::order::pause, "STAGE"}}, {"resume", {actors::order::resume, "STAGE"}},
      {"cancel", {actors::order::cancel, "ID"}},  {"retry", {actors::order::retry, "ID"}},
      {"replay", {actors::order::replay, "ID"}},  {"drain", {actors::order::drain, nullptr}},
      {"stop", {actors::order::stop, nullptr}}};
  return all;
}

error bad_order(const std::string& verb, std::string why) {
  return bad_usage(fmt::format("cannot {}", verb), std::move(why), "see `millrace inspect --help`");
}

}  // namespace

std::vector<std::string> inspect_orders() {
  std::vector<std::string> names;
  for (const auto& [name, unused] : forms())
    names.push_back(name);
  return names;
}

exit_code give_order(const invocation& call, const std::string& verb) {
  const auto& form = forms().at(verb);
  const bool has_argument = call.arguments.size() > 1;
  if (verb == "replay" && call.has("dead")) {
    if (has_argument)
      throw bad_order(verb, "--dead goes without an ID");
    return inspect_replay_dead(call);
  }
  if (form.argument != nullptr && !has_argument)
    throw bad_order(verb, fmt::format("{} is missing", form.argument));
  if (form.argument == nullptr && has_argument)
    throw bad_order(verb, "it takes no argument");
  if (call.has("watch") || call.has("json"))
    throw bad_order(verb, "--watch and --json are for views");
  actors::change_order order{.what = form.what, .by = user_name()};
  if (form.what == actors::order::pause || form.what == actors::order::resume) {
    order.pipeline = call.has("pipeline") ? call.text("pipeline") : "ingest";
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
                answer.text, "`millrace inspect stages` and `inspect jobs` show how things stand"};
  print("{}\n", answer.text);
  return exit_code::well;
}

}  // namespace millrace::app
