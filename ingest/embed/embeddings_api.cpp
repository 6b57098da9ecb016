#include "ingest/embed/embeddings_api.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <utility>

namespace millrace::ingest {
namespace {

using nlohmann::json;

embeddings_answer unusable(std::string fault) { return {.fault = std::move(fault)}; }

/// The numbers of a vector, or nothing where one is not a number or too large for a float.
std::optional<vector> numbers_of(const json& from) {
  if (!from.is_array())
    return std::nullopt;
  vector numbers;
  numbers.reserve(from.size());
  for (const auto& one : from) {
    const auto number = one.is_number() ? one.get<float>() : HUGE_VALF;
    if (!std::isfinite(number))
      return std::nullopt;
    numbers.push_back(number);
  }
  return numbers;
}

std::optional<std::int64_t> tokens_of(const json& document) {
  const auto usage = document.find("usage");
  if (usage == document.end() || !usage->is_object())
    return std::nullopt;
  for (const auto* name : {"total_tokens", "prompt_tokens"})
    if (const auto at = usage->find(name); at != usage->end() && at->is_number_unsigned())
      return at->get<std::int64_t>();
  return std::nullopt;
}

/// The position that the entry is about; servers that number nothing answer in order.
std::size_t index_of(const json& entry, std::size_t place) {
  const auto at = entry.find("index");
  if (at == entry.end())
    return place;
  constexpr auto nowhere = static_cast<std::size_t>(-1);
  return at->is_number_unsigned() ? at->get<std::size_t>() : nowhere;
}

}  // namespace

std::string embeddings_request(const std::string& model, std::optional<std::size_t> dimensions,
                               std::span<const std::string_view> texts) {
  json body{{"model", model}, {"encoding_format", "float"}};
  if (dimensions)
    body["dimensions"] = *dimensions;
  auto& input = body["input"] = json::array();
  for (const auto text : texts)
    input.push_back(text);
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

embeddings_answer read_embeddings(std::string_view body, std::size_t count, std::size_t dimension) {
  const auto document = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded())
    return unusable("its answer is no JSON");
  const auto data = document.is_object() ? document.find("data") : document.end();
  if (!document.is_object() || data == document.end() || !data->is_array())
    return unusable("its answer has no list `data`");
  if (data->size() != count)
    return unusable(fmt::format("it made {} vectors of {} texts", data->size(), count));
  embeddings_answer answer{.vectors = std::vector<vector>(count), .tokens = tokens_of(document)};
  for (std::size_t i = 0; i < count; ++i) {
    const auto& entry = (*data)[i];
    const auto found = entry.is_object() ? entry.find("embedding") : entry.end();
    if (!entry.is_object() || found == entry.end())
      return unusable(fmt::format("entry {} of its answer has no `embedding`", i));
    const auto index = index_of(entry, i);
    if (index >= count || !answer.vectors[index].empty())
      return unusable(fmt::format("entry {} of its answer is about no text, or one twice", i));
    auto numbers = numbers_of(*found);
    if (!numbers)
      return unusable(fmt::format("vector {} of its answer is no list of numbers", index));
    if (numbers->size() != dimension)
      return unusable(fmt::format("it made a vector of {} dimensions instead of {}",
                                  numbers->size(), dimension));
    answer.vectors[index] = std::move(*numbers);
  }
  return answer;
}

std::int64_t estimate_tokens(std::string_view text) {
  // Four bytes a token in English, three or fewer where a character takes several bytes.
  constexpr std::size_t bytes = 3;
  return static_cast<std::int64_t>(text.size() / bytes + 1);
}

}  // namespace millrace::ingest
