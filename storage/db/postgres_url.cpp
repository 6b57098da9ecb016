#include "storage/db/postgres_url.hpp"

#include "base/secrets.hpp"
#include "storage/db/error.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

namespace millrace::storage::postgres {
namespace {

struct parameter {
  std::string name;
  std::string value;
  bool is_secret = false;
};

/// In libpq's order; nothing when it cannot read the URL.
std::optional<std::vector<parameter>> parse(const std::string& url) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> all{
      PQconninfoParse(url.c_str(), &message), PQconninfoFree};
  // It may show what it could not read.
  PQfreemem(message);
  if (!all)
    return std::nullopt;
  std::vector<parameter> given;
  for (const auto* one = all.get(); one != nullptr && one->keyword != nullptr; ++one)
    if (one->val != nullptr)
      given.push_back({one->keyword, one->val, std::string_view{one->dispchar} == "*"});
  return given;
}

/// Whether each `@` and `/` stands where a URL has it: a password that is not escaped moves them.
bool is_well_formed(std::string_view url) {
  const auto begin = url.find("://");
  if (begin == std::string_view::npos)
    return false;
  const auto rest = url.substr(begin + 3, query_of(url) - begin - 3);
  const auto at = rest.find('@');
  return at == std::string_view::npos || (rest.rfind('@') == at && rest.find('/') > at);
}

bool is_clear(const std::string& url, const std::optional<std::vector<parameter>>& read) {
  if (!is_well_formed(url) || !read)
    return false;
  for (const auto& one : *read)
    if (one.name == "port" && one.value.find_first_not_of("0123456789,") != std::string::npos)
      return false;
  return true;
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  std::istringstream from{list};
  for (std::string part; std::getline(from, part, ',');)
    parts.push_back(part);
  return parts;
}

/// HOST:PORT of each server.
std::string servers(const std::string& hosts, const std::string& ports) {
  const auto all = split(hosts);
  const auto port_of = split(ports);
  std::string text;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool is_address = all[i].find(':') != std::string::npos;
    text += fmt::format("{}{}", i == 0 ? "" : ",", is_address ? "[" + all[i] + "]" : all[i]);
    if (!port_of.empty())
      text += ":" + port_of[port_of.size() == 1 ? 0 : std::min(i, port_of.size() - 1)];
  }
  return text;
}

}  // namespace

std::size_t query_of(std::string_view url) {
  const auto scheme = url.find("://");
  const auto begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const auto at = url.find('@', begin);
  const bool has_user = at < url.find('/', begin);
  return std::min(url.find('?', has_user ? at : begin), url.size());
}

void require_clear_url(const std::string& url) {
  if (!is_clear(url, parse(url)))
    throw error{error_kind::permanent, "cannot open the database",
                "storage.url is no URL of a PostgreSQL database that can be read",
                "write the characters % / @ ? # : of a user or a password as %25 %2F %40 %3F %23 "
                "%3A, or leave the password out: ~/.pgpass or PGPASSWORD"};
}

std::string shown_url(const std::string& url) {
  const auto scheme = url.substr(0, url.find("://"));
  const auto read = parse(url);
  if (!is_clear(url, read))
    return fmt::format("{}://{}", scheme == "postgres" ? scheme : "postgresql", hidden);
  std::map<std::string, parameter> rest;
  for (const auto& one : *read)
    rest.emplace(one.name, one);
  const auto take = [&](const std::string& name) {
    const auto found = rest.extract(name);
    return found ? found.mapped().value : std::string{};
  };
  const bool has_socket =
      rest.contains("host") && rest.at("host").value.find('/') != std::string::npos;
  const auto user = take("user");
  const bool has_password = rest.contains("password");
  take("password");
  auto shown = scheme + "://" + user;
  if (has_password)
    shown += fmt::format(":{}", hidden);
  if (!user.empty() || has_password)
    shown += '@';
  if (!has_socket && rest.contains("host")) {
    const auto hosts = take("host");
    shown += servers(hosts, take("port"));
  }
  if (const auto database = take("dbname"); !database.empty())
    shown += "/" + database;
  char mark = '?';
  for (const auto& [name, one] : rest) {
    shown +=
        fmt::format("{}{}={}", mark, name, one.is_secret ? hidden : std::string_view{one.value});
    mark = '&';
  }
  return shown;
}

}  // namespace millrace::storage::postgres
