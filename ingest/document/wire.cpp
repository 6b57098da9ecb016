#include "ingest/document/wire.hpp"

#include "base/digest.hpp"
#include "base/text_line.hpp"
#include "base/unicode/printable.hpp"
#include "base/unicode/utf8.hpp"
#include "ingest/document/frames.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace millrace::ingest {
namespace {

using nlohmann::json;

constexpr std::string_view rendered_magic = "millrace-rendered 1\n";
constexpr std::string_view unreadable_magic = "millrace-unreadable 1\n";
constexpr std::size_t max_about_bytes = 1 << 20;
constexpr std::size_t max_others = 100;
constexpr std::size_t max_warnings = 50;
constexpr std::size_t max_value_bytes = 2000;
constexpr std::size_t max_message_bytes = 500;
constexpr std::int64_t max_count = 1'000'000'000;

json about_json(const rendered& made) {
  auto others = json::array();
  for (const auto& [name, value] : made.about.others)
    others.push_back({name, value});
  return {
      {"title", made.about.title},   {"author", made.about.author},
      {"date", made.about.date},     {"language", made.about.language},
      {"others", std::move(others)}, {"warnings", json::parse(warnings_to_json(made.warnings))}};
}

std::string dump(const json& what) {
  return what.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool is_code(std::string_view code) {
  return !code.empty() && code.size() <= 40 && std::all_of(code.begin(), code.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

void read_warnings(const json& from, std::vector<tree::warning>& into) {
  for (const auto& one : from) {
    tree::warning w{one.at("code").get<std::string>(),
                    one_line(one.at("message").get<std::string>(), max_message_bytes),
                    one.at("count").get<std::int64_t>()};
    if (into.size() == max_warnings || !is_code(w.code))
      throw std::invalid_argument{"a warning"};
    w.count = std::clamp<std::int64_t>(w.count, 1, max_count);
    into.push_back(std::move(w));
  }
}

bool read_about(std::string_view bytes, rendered& into) {
  if (bytes.size() > max_about_bytes)
    return false;
  try {
    const auto all = json::parse(bytes);
    auto& about = into.about;
    about.title = all.at("title").get<std::string>();
    about.author = all.at("author").get<std::string>();
    about.date = all.at("date").get<std::string>();
    about.language = all.at("language").get<std::string>();
    for (const auto& one : all.at("others"))
      about.others.emplace_back(one.at(0).get<std::string>(), one.at(1).get<std::string>());
    read_warnings(all.at("warnings"), into.warnings);
  } catch (const std::exception&) {
    return false;
  }
  limit_metadata(into.about);
  return true;
}

std::optional<wire_result> read_unreadable(std::string_view bytes) {
  const auto frame = take_frame(bytes);
  const auto all = frame ? json::parse(*frame, nullptr, /*allow_exceptions=*/false) : json{};
  if (!bytes.empty() || !all.is_object() || !all.contains("code") || !all.contains("message") ||
      !all["code"].is_string() || !all["message"].is_string())
    return std::nullopt;
  tree::unreadable why{all["code"], one_line(all["message"].get<std::string>(), max_message_bytes)};
  return is_code(why.code) ? std::optional<wire_result>{std::move(why)} : std::nullopt;
}

}  // namespace

std::string warnings_to_json(const std::vector<tree::warning>& warnings) {
  auto all = json::array();
  for (const auto& w : warnings)
    if (all.size() < max_warnings)
      all.push_back({{"code", w.code},
                     {"message", one_line(w.message, max_message_bytes)},
                     {"count", w.count}});
  return dump(all);
}

void limit_metadata(tree::metadata& about) {
  for (auto* value : {&about.title, &about.author, &about.date, &about.language})
    *value = one_line(*value, max_value_bytes);
  if (about.others.size() > max_others)
    about.others.resize(max_others);
  for (auto& [name, value] : about.others) {
    name = one_line(name, max_value_bytes);
    value = one_line(value, max_value_bytes);
  }
}

std::string to_wire(const rendered& made) {
  auto limited = made.about;
  limit_metadata(limited);
  std::string out{rendered_magic};
  append_frame(out, made.text);
  append_frame(out, to_bytes(made.outline, sha256_hex(made.text)));
  append_frame(out, dump(about_json({{}, {}, std::move(limited), made.warnings})));
  return out;
}

std::string to_wire(const tree::unreadable& why) {
  std::string out{unreadable_magic};
  append_frame(out, dump({{"code", why.code}, {"message", why.message}}));
  return out;
}

std::optional<wire_result> from_wire(std::string_view bytes) {
  if (bytes.starts_with(unreadable_magic))
    return read_unreadable(bytes.substr(unreadable_magic.size()));
  if (!bytes.starts_with(rendered_magic))
    return std::nullopt;
  bytes.remove_prefix(rendered_magic.size());
  const auto text = take_frame(bytes);
  const auto blob = text ? take_frame(bytes) : std::nullopt;
  const auto about = blob ? take_frame(bytes) : std::nullopt;
  outline_blob entries;
  if (!about || !bytes.empty() || printable(*text) != *text || !from_bytes(*blob, entries) ||
      entries.text_sha256 != sha256_hex(*text) || !fault_of(entries.entries, *text).empty())
    return std::nullopt;
  rendered made{std::string{*text}, std::move(entries.entries), {}, {}};
  if (!read_about(*about, made))
    return std::nullopt;
  return made;
}

}  // namespace millrace::ingest
