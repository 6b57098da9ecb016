#include "app/commands/inspect/attach.hpp"

#include "app/version.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

namespace millrace::app {
namespace {

namespace po = boost::program_options;

net::tls_files files_of(const invocation& call) {
  const auto certificate = call.text("cert");
  const auto or_certificate = [&](const char* option) {
    return call.has(option) ? call.text(option) : certificate;
  };
  return {certificate, or_certificate("key"), or_certificate("ca")};
}

}  // namespace

void declare_attaching(po::options_description_easy_init add) {
  add("connect", po::value<std::string>()->value_name("HOST:PORT"),
      "attach to a runtime elsewhere, that listens there (inspector.listen)");
  add("cert", po::value<std::string>()->value_name("FILE"),
      "the certificate to show there; `millrace certs client` makes one");
  add("key", po::value<std::string>()->value_name("FILE"), "its key, where --cert has it not");
  add("ca", po::value<std::string>()->value_name("FILE"),
      "the authority's certificate, where --cert has it not");
}

actors::inspector_address address_of_inspector(const invocation& call) {
  constexpr auto doing = "cannot attach to a runtime";
  actors::inspector_address where{.data_dir = call.config.values.runtime.data_dir};
  if (!call.has("connect")) {
    for (const auto* option : {"cert", "key", "ca"})
      if (call.has(option))
        throw bad_usage(doing, fmt::format("--{} is for --connect", option),
                        "say where to connect to");
    return where;
  }
  const auto text = call.text("connect");
  const auto at = net::parse_host_port(text);
  if (!at)
    throw bad_usage(doing, fmt::format("`{}` is no HOST:PORT", text),
                    "write it as `--connect example.org:7117` or `--connect [::1]:7117`");
  if (!call.has("cert"))
    throw bad_usage(doing, "--cert FILE is missing",
                    "on the runtime's machine, `millrace certs client NAME` makes one");
  where.elsewhere = {*at, files_of(call)};
  return where;
}

std::unique_ptr<actors::attachment> attach(const invocation& call) {
  return std::make_unique<actors::attachment>(address_of_inspector(call), std::string{version()});
}

}  // namespace millrace::app
