#include "app/certificate_files.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/session.hpp"
#include "app/nearest.hpp"
#include "app/terminal/terminal.hpp"
#include "base/os/host_name.hpp"
#include "net/tls/certificates.hpp"
#include "net/tls/openssl.hpp"
#include "storage/db/error.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

#include <map>

namespace millrace::app {
namespace {

namespace po = boost::program_options;
using host_list = std::vector<std::string>;

constexpr auto certs_help = R"(
Attaching to a runtime from another machine needs certificates, both ways. All are of an authority
of your own, which serves nothing else; every holder of its certificates may attach.
  init                make the authority, valid for ten years, with a certificate for the runtime
                      and one for a client, in the folder certs of runtime.data_dir
  client NAME         make a file with all that another machine needs: certificate, key, authority
  renew               replace the runtime's certificate before it expires

Examples:
  millrace certs init --name jobs.example.org
  millrace certs client laptop
  millrace certs client laptop --out /media/stick/laptop.pem --days 30
)";

void declare_certs(po::options_description_easy_init add) {
  add("name", po::value<host_list>()->value_name("HOST"),
      "a name or address of this machine, for the server's certificate; may be repeated");
  add("days", po::value<std::int64_t>()->value_name("N")->default_value(825),
      "how long servers' and clients' certificates are valid");
  add("out", po::value<std::string>()->value_name("FILE"),
      "where the client's file goes, instead of NAME.pem here");
}

error bad_call(const std::string& verb, std::string why) {
  return bad_usage(fmt::format("cannot run `millrace certs {}`", verb), std::move(why),
                   "see `millrace certs --help`");
}

certificate_term term_of(const invocation& call) {
  const auto days = count_option(call, "days");
  if (days > authority_length.count())
    throw bad_usage(fmt::format("cannot use --days {}", days),
                    fmt::format("an authority itself is valid for {}", authority_length.count()),
                    "give a smaller number");
  return {call.time.now(), std::chrono::days{days}};
}

/// The names of this machine, or those that were given.
host_list hosts_of(const invocation& call) {
  if (!call.has("name")) {
    host_list own{"localhost"};
    if (net::is_host(host_name()) && host_name() != own.front())
      own.insert(own.begin(), host_name());
    return own;
  }
  for (const auto& one : call.get<host_list>("name"))
    if (!net::is_host(one))
      throw bad_usage(fmt::format("cannot use --name {}", one),
                      "it is neither the name of a host nor an address",
                      "give it without a port, like jobs.example.org or 192.0.2.7");
  return call.get<host_list>("name");
}

exit_code init(const invocation& call) {
  const auto folder =
      make_certificates(call.config.values.runtime.data_dir, hosts_of(call), term_of(call));
  print(R"(made in {}:
  authority.pem       the authority's certificate
  authority-key.pem   its key, which makes more certificates: keep it secret
  server.pem          the runtime's certificate
  server-key.pem      its key
  client.pem          for another machine: certificate, key and authority in one file
next: set inspector.listen = ADDRESS:PORT and start the runtime; copy client.pem, which is a secret,
to the other machine, and there:
  millrace inspect --connect HOST:PORT --cert client.pem
)",
        folder.string());
  return exit_code::well;
}

/// A name becomes one of a file.
void check_client_name(const std::string& name) {
  constexpr std::size_t limit = 63;
  const bool may_begin = name.find_first_of(".-_") != 0;
  if (!net::is_host(name) || !may_begin || name.size() > limit ||
      name.find(':') != std::string::npos)
    throw bad_usage(fmt::format("cannot make a certificate for `{}`", name),
                    "a client's name has letters, digits, dots, dashes and underscores, begins "
                    "with a letter or digit, and has at most 63",
                    "name it after the machine or its user, like `laptop`");
}

exit_code client(const invocation& call) {
  const auto& name = call.arguments[1];
  check_client_name(name);
  const auto file = call.has("out") ? call.text("out") : name + ".pem";
  make_client_bundle(call.config.values.runtime.data_dir, name, file, term_of(call));
  print(R"(made {}: certificate, key and authority in one file
next: move it, for it is a secret, to the other machine, and there:
  millrace inspect --connect HOST:PORT --cert {}
)",
        file, std::filesystem::path{file}.filename().string());
  return exit_code::well;
}

exit_code renew(const invocation& call) {
  renew_server(call.config.values.runtime.data_dir, hosts_of(call), term_of(call));
  print(
      "replaced server.pem and server-key.pem\n"
      "next: start the runtime again, for it reads them when it starts\n");
  return exit_code::well;
}

struct verb {
  exit_code (*run)(const invocation& call);
  bool takes_name;
  /// Of the options that not every verb takes.
  std::vector<const char*> refused;
};

const std::map<std::string, verb>& verbs() {
  static const std::map<std::string, verb> all{{"init", {init, false, {"out"}}},
                                               {"client", {client, true, {"name"}}},
                                               {"renew", {renew, false, {"out"}}}};
  return all;
}

void check_form(const invocation& call, const std::string& name, const verb& form) {
  const bool has_name = call.arguments.size() > 1;
  if (form.takes_name != has_name)
    throw bad_call(name, form.takes_name ? "NAME is missing" : "it takes no argument");
  for (const auto* option : form.refused)
    if (call.has(option))
      throw bad_call(name, fmt::format("it takes no --{}", option));
}

exit_code run_certs(const invocation& call) {
  const auto& name = call.arguments.front();
  const auto at = verbs().find(name);
  if (at == verbs().end()) {
    std::vector<std::string> known;
    for (const auto& [one, unused] : verbs())
      known.push_back(one);
    throw bad_usage("cannot make certificates", fmt::format("unknown word `{}`", name),
                    did_you_mean(name, known) + " See `millrace certs --help`");
  }
  check_form(call, name, at->second);
  try {
    return at->second.run(call);
  } catch (const storage::error& bad) {
    // It is no failure of the database.
    throw error{exit_code::no, bad.summary(), bad.why(), bad.next()};
  } catch (const net::tls_error& bad) {
    throw error{exit_code::no, bad.summary(), bad.why(), bad.next()};
  }
}

}  // namespace

command certs_command() {
  return {"certs",
          "Make certificates for attaching from another machine.",
          "init | client NAME | renew",
          1,
          2,
          certs_help,
          declare_certs,
          run_certs};
}

}  // namespace millrace::app
