#include "ingest/parse/container_wire.hpp"

#include "base/unicode/printable.hpp"
#include "ingest/document/frames.hpp"
#include "ingest/document/wire.hpp"
#include "ingest/formats/archive/unpack.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace millrace::ingest {
namespace {

constexpr std::string_view container_magic = "millrace-container 1\n";
/// Of what is left out; the others are counted.
constexpr std::size_t most_left_out = 100;

using nlohmann::json;

void read_member(const json& from, std::string_view& rest, unpacked_file& into) {
  auto path = from.at(0).get<std::string>();
  const auto size = from.at(1).get<std::size_t>();
  if (size > rest.size() || path.empty() || printable(path) != path ||
      formats::safe_path(path) != path)
    throw std::invalid_argument{"a member"};
  into.members.push_back({std::move(path), rest.substr(0, size)});
  rest.remove_prefix(size);
}

bool read_directory(std::string_view directory, std::string_view rest, unpacked_file& into) {
  try {
    const auto all = json::parse(directory);
    for (const auto& one : all.at("members"))
      read_member(one, rest, into);
    for (const auto& one : all.at("left_out"))
      into.left_out.push_back(
          {printable(one.at(0).get<std::string>()), one.at(1).get<std::string>()});
    into.left_out_count = all.at("left_out_count").get<std::size_t>();
  } catch (const std::exception&) {
    return false;
  }
  return rest.empty() && into.left_out_count >= into.left_out.size();
}

}  // namespace

std::string container_head(const rendered& text, const container& what) {
  auto members = json::array();
  for (const auto& one : what.members)
    members.push_back({one.path, one.bytes.size()});
  auto left_out = json::array();
  for (const auto& one : what.left_out)
    if (left_out.size() < most_left_out)
      left_out.push_back({one.path, one.code});
  const json directory{{"members", std::move(members)},
                       {"left_out", std::move(left_out)},
                       {"left_out_count", what.left_out.size()}};
  std::string out{container_magic};
  append_frame(out, to_wire(text));
  append_frame(out, directory.dump(-1, ' ', false, json::error_handler_t::replace));
  return out;
}

std::optional<std::variant<unpacked_file, tree::unreadable>> container_from_wire(
    std::shared_ptr<const std::string> bytes) {
  std::string_view rest{*bytes};
  if (!rest.starts_with(container_magic)) {
    auto other = from_wire(rest);
    if (auto* why = other ? std::get_if<tree::unreadable>(&*other) : nullptr)
      return std::move(*why);
    return std::nullopt;
  }
  rest.remove_prefix(container_magic.size());
  const auto head = take_frame(rest);
  const auto directory = head ? take_frame(rest) : std::nullopt;
  auto text = directory ? from_wire(*head) : std::nullopt;
  unpacked_file made;
  if (!text || !std::holds_alternative<rendered>(*text) || !read_directory(*directory, rest, made))
    return std::nullopt;
  made.text = std::get<rendered>(*std::move(text));
  made.storage = std::move(bytes);
  return made;
}

}  // namespace millrace::ingest
