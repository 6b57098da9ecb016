#include "app/api/owner_token.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"
#include "base/os/find_program.hpp"
#include "base/os/start_detached.hpp"
#include "base/os/unique_fd.hpp"
#include "net/host_port.hpp"
#include "net/http/url.hpp"
#include "storage/access/sessions.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace millrace::app {
namespace {

namespace po = boost::program_options;
using namespace std::chrono_literals;

constexpr duration link_length = 2min;
constexpr auto cannot_open = "cannot open the console";

constexpr auto console_help = R"(
Opens the console, the page of the running runtime or of `millrace serve`, in a browser, signed in. The link
signs in once, within two minutes. Where there is no browser it is printed only.

Without --token the page may do everything: the link is that of the token in owner.token of
runtime.data_dir, which works on the same machine only. With --token it may do what that token may. A
browser that may not read runtime.data_dir cannot be opened: use --print.

Examples:
  millrace console
  millrace console --print
  millrace console --token ann --url https://jobs.example.com
)";

void declare_console(po::options_description_easy_init add) {
  const auto text = [] { return po::value<std::string>(); };
  add("print", "print the link, and open nothing");
  add("token", text()->value_name("NAME"), "sign in as this token (`millrace token list`)");
  add("url", text()->value_name("URL"),
      "where the server is reached; as http.listen says if not given");
}

/// Where a browser of this machine reaches the server. Throws app::error where none listens.
std::string local_server(const http_choice& http) {
  auto at = net::parse_host_port(http.listen);
  if (!at)
    throw error{exit_code::no, cannot_open, "http.listen is off", "set it to ADDRESS:PORT"};
  if (at->host == "0.0.0.0" || at->host == "::")
    at->host = "127.0.0.1";
  try {
    net::connect_to(*at, 2s);
  } catch (const millrace::error& failure) {
    throw error{
        exit_code::no, cannot_open,
        fmt::format("no server answers at {}: {}", to_string(*at), failure.why()),
        "start `millrace run` or `millrace serve`; for one elsewhere use --token and --url"};
  }
  return fmt::format("{}://{}", http.certificate.empty() ? "http" : "https", to_string(*at));
}

/// "https://jobs.example.com" of that address, also where it is that of the console's page.
std::string remote_server(std::string url) {
  for (const std::string_view end : {"/", "/console", "/"})
    while (url.ends_with(end))
      url.resize(url.size() - end.size());
  const bool is_server =
      net::is_http_url(url) && url.find_first_of("/?#@", url.find("://") + 3) == std::string::npos;
  if (!is_server)
    throw bad_usage(cannot_open, "--url is not the address of a server",
                    "write https://HOST or http://HOST:PORT");
  return url;
}

storage::token_digest token_of_link(const invocation& call, storage::connection& on) {
  if (!call.has("token"))
    return storage::digest_of(api::owner_token(call.config.values.runtime.data_dir));
  const auto name = call.text("token");
  auto found = storage::find_token_digest(on, name, call.time.now());
  if (!found)
    throw error{exit_code::no, cannot_open,
                fmt::format("there is no token named `{}`, or it has expired", name),
                "`millrace token list` shows them"};
  return *std::move(found);
}

/// A page of this user's that leads to the link: others see the arguments of programs.
std::string page_to(const std::string& link, const std::filesystem::path& data_dir) {
  const auto path = (data_dir / "console.html").string();
  ::unlink(path.c_str());
  const unique_fd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  const auto text =
      fmt::format(R"(<!doctype html><meta http-equiv="refresh" content="0; url={}">)", link);
  const bool is_written =
      file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  return is_written ? path : std::string{};
}

bool has_display() {
  const auto is_set = [](const char* name) {
    const auto* value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  return is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
}

/// Whether a browser was told to open it.
bool open_in_browser(const std::string& link, const std::filesystem::path& data_dir) {
  constexpr auto opener = "xdg-open";
  if (!has_display() || !is_program(opener))
    return false;
  const auto page = page_to(link, data_dir);
  return !page.empty() && os::start_detached({opener, page});
}

exit_code run_console(const invocation& call) {
  if (call.has("url") && !call.has("token"))
    throw bad_usage(cannot_open, "--url is given without --token",
                    "name a token with --token: that of owner.token is for this machine only");
  const auto server =
      call.has("url") ? remote_server(call.text("url")) : local_server(call.config.values.http);
  const auto on = open_existing(call);
  const auto secret =
      storage::add_sign_in_link(*on, token_of_link(call, *on), call.time.now() + link_length);
  const auto link = fmt::format("{}/console/#link={}", server, secret);
  // The link is a secret: it is not left in the terminal where a browser has it.
  if (!call.has("print") && open_in_browser(link, call.config.values.runtime.data_dir))
    print("opened in the browser: {}/console/\n", server);
  else
    print("{}\n", link);
  return exit_code::well;
}

}  // namespace

command console_command() {
  return {"console",
          "Open the console in a browser, signed in, or print a link to it.",
          "",
          0,
          0,
          console_help,
          declare_console,
          run_console};
}

}  // namespace millrace::app
