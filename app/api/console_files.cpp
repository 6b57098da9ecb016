#include "app/api/console_files.hpp"

#include "app/api/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace millrace::app::api {
namespace {

constexpr std::string_view console_root = "/console/";

/// Nothing but what this server gives is loaded or run, and no other page frames it.
constexpr auto console_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string_view console_type(std::string_view path) {
  if (path.ends_with(".html"))
    return "text/html; charset=utf-8";
  if (path.ends_with(".css"))
    return "text/css; charset=utf-8";
  if (path.ends_with(".svg"))
    return "image/svg+xml";
  return "text/javascript; charset=utf-8";
}

response file_response(const console_file& file, const request& asked) {
  response made{.headers = {{"Content-Type", std::string{console_type(file.path)}},
                            {"ETag", std::string{file.etag}},
                            // A page of one version does not run with the modules of another.
                            {"Cache-Control", "no-cache"},
                            {"Content-Security-Policy", console_policy},
                            {"Cross-Origin-Opener-Policy", "same-origin"},
                            {"Referrer-Policy", "no-referrer"},
                            {"X-Content-Type-Options", "nosniff"}}};
  if (asked.header("if-none-match") == file.etag)
    made.status = 304;
  else
    made.body = file.text;
  return made;
}

}  // namespace

std::optional<response> console_response(const request& asked) {
  const std::string_view path = asked.target.path;
  const bool is_above = path == "/" || path == "/console";
  if (!is_above && !path.starts_with(console_root))
    return std::nullopt;
  if (asked.method != "GET" && asked.method != "HEAD")
    throw problem{405, "METHOD_NOT_ALLOWED", "the request cannot be used",
                  fmt::format("{} is a page", path), "use GET"}
        .with("Allow", "GET, HEAD");
  if (is_above)
    return response{.status = 302, .headers = {{"Location", std::string{console_root}}}};
  const auto name = path == console_root ? "index.html" : path.substr(console_root.size());
  const auto all = console_files();
  const auto at = std::find_if(all.begin(), all.end(),
                               [&](const console_file& file) { return file.path == name; });
  if (at == all.end())
    throw not_found(fmt::format("there is no {}", path), fmt::format("open {}", console_root));
  return file_response(*at, asked);
}

}  // namespace millrace::app::api
