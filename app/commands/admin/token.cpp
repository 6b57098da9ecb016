#include "app/api/views/fleet_views.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/session.hpp"
#include "app/commands/view_fields.hpp"
#include "app/nearest.hpp"
#include "app/terminal/table.hpp"
#include "app/terminal/terminal.hpp"
#include "base/duration.hpp"
#include "base/iso8601.hpp"
#include "pipeline/job_fields.hpp"
#include "storage/access/tokens.hpp"
#include "storage/history/job_json.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

#include <string>
#include <vector>

namespace millrace::app {
namespace {

namespace po = boost::program_options;

constexpr auto token_help = R"(
Each request to the API shows a token. It is valid for all servers on the database at once, and so is its
end. The database keeps the SHA-256 of its secret, which is shown this once.
  create NAME         make a token of a role: a viewer sees; a submitter makes jobs as well; an operator
                      changes jobs, stages and runtimes as well; an admin makes and revokes tokens
  list                show all of them
  revoke NAME         end one

On a runtime's own machine the token in the file owner.token of runtime.data_dir is an admin's.

Examples:
  millrace token create shop --role submitter --tenant acme --expires 30d
  millrace token list
  millrace token revoke shop
)";

void declare_token(po::options_description_easy_init add) {
  const auto text = [] { return po::value<std::string>(); };
  add("role", text()->value_name("R"), "what it may do: viewer, submitter, operator or admin");
  add("owner", text()->value_name("O"), "bind it to the documents of this owner");
  add("tenant", text()->value_name("T"), "bind it to the jobs of this tenant");
  add("pipeline", text()->value_name("P"), "bind it to this pipeline");
  add("expires", text()->value_name("TIME"), "how long it is valid, as 30d; for ever if not given");
  add("json", "print a JSON document");
}

std::string bound_to(const invocation& call, const char* option) {
  try {
    return call.has(option) ? pipeline::read_label(option, call.text(option)) : std::string{};
  } catch (const pipeline::bad_field& bad) {
    throw bad_usage("cannot make the token", bad.what(), "give another one");
  }
}

std::optional<time_point> expiry_of(const invocation& call, time_point now) {
  if (!call.has("expires"))
    return std::nullopt;
  const auto length = parse_duration(call.text("expires"));
  if (!length || length->count() <= 0)
    throw bad_usage(fmt::format("cannot use --expires {}", call.text("expires")),
                    "it is no length of time", "write 12h or 30d");
  return now + *length;
}

exit_code create_token(const invocation& call) {
  if (!call.has("role"))
    throw bad_usage("cannot make the token", "--role is missing",
                    "give the least one that does: viewer, submitter, operator or admin");
  const auto on = open_or_create(call);
  const auto now = call.time.now();
  const storage::access_token token{
      .name = pipeline::read_label("name", call.arguments[1]),
      .role = choice_option(call, "role", storage::all_access_roles, "role"),
      .owner = bound_to(call, "owner"),
      .tenant = bound_to(call, "tenant"),
      .pipeline = bound_to(call, "pipeline"),
      .created_at = now,
      .created_by = user_name(),
      .expires_at = expiry_of(call, now)};
  const auto secret = storage::make_token_secret();
  if (!storage::add_token(*on, token, secret))
    throw error{exit_code::no, "cannot make the token",
                fmt::format("there is one named `{}`", token.name),
                "choose another name, or revoke that one"};
  if (choose_style(call.has("json")) == style::json)
    print_page(storage::in_lines(fields_of(api::new_token_view{token, secret})) + '\n');
  else
    print("{}\n", secret);
  return exit_code::well;
}

exit_code list_tokens(const invocation& call) {
  const auto on = open_existing(call);
  const api::token_list all{storage::list_tokens(*on)};
  const auto as = choose_style(call.has("json"));
  if (as == style::json) {
    print_page(storage::in_lines(fields_of(all)) + '\n');
    return exit_code::well;
  }
  table shown{
      {{"NAME"}, {"ROLE"}, {"OWNER"}, {"TENANT"}, {"PIPELINE"}, {"CREATED"}, {"BY"}, {"EXPIRES"}},
      {}};
  for (const auto& token : all.tokens)
    shown.rows.push_back({token.name, std::string{to_string(token.role)}, token.owner, token.tenant,
                          token.pipeline, to_iso8601(token.created_at), token.created_by,
                          token.expires_at ? to_iso8601(*token.expires_at) : ""});
  print_table(shown, as);
  return exit_code::well;
}

exit_code revoke_token(const invocation& call) {
  const auto& name = call.arguments[1];
  const auto on = open_existing(call);
  if (!storage::revoke_token(*on, name, user_name(), call.time.now()))
    throw error{exit_code::no, "cannot revoke the token",
                fmt::format("there is none named `{}`", name), "`millrace token list` shows them"};
  print("revoked: {}\n", name);
  return exit_code::well;
}

exit_code run_token(const invocation& call) {
  const auto& verb = call.arguments.front();
  const bool has_name = call.arguments.size() > 1;
  if (verb == "list" && !has_name)
    return list_tokens(call);
  if ((verb == "create" || verb == "revoke") && has_name)
    try {
      return verb == "create" ? create_token(call) : revoke_token(call);
    } catch (const pipeline::bad_field& bad) {
      throw bad_usage("cannot make the token", bad.what(), "give another name");
    }
  if (verb == "create" || verb == "revoke" || verb == "list")
    throw bad_usage(fmt::format("cannot run `millrace token {}`", verb),
                    verb == "list" ? "it takes no argument" : "NAME is missing",
                    "see `millrace token --help`");
  throw bad_usage(
      "cannot run `millrace token`", fmt::format("unknown word `{}`", verb),
      did_you_mean(verb, {"create", "list", "revoke"}) + " See `millrace token --help`");
}

}  // namespace

command token_command() {
  return {"token",
          "Make and revoke tokens for the HTTP API.",
          "create NAME | list | revoke NAME",
          1,
          2,
          token_help,
          declare_token,
          run_token};
}

}  // namespace millrace::app
