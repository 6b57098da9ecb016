#include "ingest/upload.hpp"

#include "pipeline/api.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace millrace::ingest {
namespace {

using nlohmann::json;

reject invalid(std::string why) { return {std::string{codes::PAYLOAD_INVALID}, std::move(why)}; }

bool is_sha256(std::string_view hex) {
  return hex.size() == 64 && std::all_of(hex.begin(), hex.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

/// The place that the payload names, or why that is no place.
std::variant<member_place, reject> read_place(const json& from) {
  member_place in;
  try {
    from.at("source").get_to(in.source);
    from.at("depth").get_to(in.depth);
    from.at("max_members").get_to(in.max_members);
    from.at("max_bytes").get_to(in.max_bytes);
  } catch (const json::exception&) {
    return invalid("`member` in the payload is not the place of a member");
  }
  if (in.depth < 1 || in.max_members < 0 || in.max_bytes < 0)
    return invalid("`member` in the payload has a negative number");
  return in;
}

std::optional<reject> check_place(const upload& what) {
  if (!what.blob.empty()) {
    if (!what.path.empty())
      return invalid("the payload names a `path` and a `blob`");
    if (what.name.empty())
      return invalid("the payload names a `blob` without a `name`");
    return std::nullopt;
  }
  if (what.member)
    return invalid("the payload names a `member` without a `blob`");
  if (what.path.empty())
    return invalid("the payload names no `path`");
  if (what.path.front() != '/')
    return invalid(fmt::format("the path in the payload is not absolute: {}", what.path));
  if (what.path.find('\0') != std::string::npos)
    return invalid("the path in the payload has a NUL character");
  return std::nullopt;
}

}  // namespace

bool is_owner(std::string_view name) {
  return !name.empty() && name.size() <= 64 && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
                  c == '-';
         });
}

std::string to_json(const upload& what) {
  json out{{"owner", what.owner}};
  if (what.blob.empty()) {
    out["path"] = what.path;
  } else {
    out["blob"] = what.blob;
    out["name"] = what.name;
  }
  if (const auto& in = what.member)
    out["member"] = {{"source", in->source},
                     {"depth", in->depth},
                     {"max_members", in->max_members},
                     {"max_bytes", in->max_bytes}};
  if (!what.sha256.empty())
    out["sha256"] = what.sha256;
  if (!what.document_id.empty())
    out["document_id"] = what.document_id;
  if (what.first_job != 0)
    out["first_job"] = what.first_job;
  if (!what.seal.empty())
    out["seal"] = what.seal;
  if (!what.source.empty())
    out["source"] = what.source;
  if (!what.collection.empty())
    out["collection"] = what.collection;
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::variant<upload, reject> parse_upload(std::string_view text) {
  const auto in = json::parse(text, nullptr, false);
  if (in.is_discarded())
    return invalid("the payload is not JSON");
  if (!in.is_object())
    return invalid("the payload is not a JSON object");
  upload out;
  for (auto [name, member] : {std::pair{"path", &upload::path},
                              {"blob", &upload::blob},
                              {"name", &upload::name},
                              {"owner", &upload::owner},
                              {"sha256", &upload::sha256},
                              {"document_id", &upload::document_id},
                              {"seal", &upload::seal},
                              {"source", &upload::source},
                              {"collection", &upload::collection}}) {
    const auto at = in.find(name);
    if (at == in.end())
      continue;
    if (!at->is_string())
      return invalid(fmt::format("`{}` in the payload is not a string", name));
    out.*member = at->get<std::string>();
  }
  if (const auto first = in.find("first_job"); first != in.end()) {
    if (!first->is_number_integer())
      return invalid("`first_job` in the payload is not a whole number");
    out.first_job = first->get<std::int64_t>();
  }
  if (const auto at = in.find("member"); at != in.end()) {
    auto place = read_place(*at);
    if (auto* wrong = std::get_if<reject>(&place))
      return std::move(*wrong);
    out.member = std::get<member_place>(std::move(place));
  }
  if (auto wrong = check_place(out))
    return *std::move(wrong);
  if (!is_owner(out.owner))
    return invalid("`owner` in the payload is not 1 to 64 of a-z 0-9 _ . -");
  if (!out.sha256.empty() && !is_sha256(out.sha256))
    return invalid("`sha256` in the payload is not 64 lower-case hexadecimal digits");
  return out;
}

}  // namespace millrace::ingest
