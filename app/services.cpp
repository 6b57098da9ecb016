#include "app/services.hpp"

#include "app/error.hpp"
#include "pipeline/ingest/hashing_embedder.hpp"
#include "pipeline/ingest/remote_embedder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace millrace::app {
namespace {

/// Any more threads would only wait.
constexpr int most_calls = 256;

error no_key(std::string why, std::string next) {
  return bad_usage("cannot read the key of the embedder", std::move(why), std::move(next));
}

/// A key stands in a header: one line of plain characters.
std::string checked(std::string key, const std::string& from) {
  key.erase(key.find_last_not_of(" \t\r\n") + 1);
  if (key.empty())
    throw no_key(fmt::format("{} is empty", from), "write the key there");
  if (std::any_of(key.begin(), key.end(), [](char c) { return c <= ' ' || c > '~'; }))
    throw no_key(fmt::format("{} holds more than one line of plain characters", from),
                 "write the key there, and nothing else");
  return key;
}

std::string read_key(const embedder_choice& chosen) {
  if (!chosen.key_env.empty()) {
    const auto* value = std::getenv(chosen.key_env.c_str());
    const auto from = fmt::format("the environment variable {}", chosen.key_env);
    if (value == nullptr)
      throw no_key(from + " is not set", "set it, or change service.embedder.key_env");
    return checked(value, from);
  }
  if (chosen.key_file.empty())
    return {};
  const auto from = fmt::format("the file {}", chosen.key_file.string());
  std::ifstream in{chosen.key_file, std::ios::binary};
  std::string key{std::istreambuf_iterator<char>{in}, {}};
  if (!in)
    throw no_key(from + " cannot be read", "make it readable, or change service.embedder.key_file");
  return checked(std::move(key), from);
}

}  // namespace

services make_services(const settings& values) {
  static const pipeline::system_clock time;
  const auto& chosen = values.embedder;
  services made;
  const auto local = std::make_shared<pipeline::ingest::hashing_embedder>();
  if (chosen.mode == "local") {
    made.embedder = local;
    return made;
  }
  const auto remote = std::make_shared<pipeline::remote::service>("embedder", chosen.service,
                                                                  read_key(chosen), time);
  made.remote.push_back(remote);
  made.embedder = std::make_shared<pipeline::ingest::remote_embedder>(chosen.model, remote);
  if (chosen.mode == "hybrid")
    made.embedder =
        std::make_shared<pipeline::ingest::hybrid_embedder>(std::move(made.embedder), local);
  made.embedder_calls =
      std::min(chosen.service.limits.concurrent * static_cast<int>(chosen.service.endpoints.size()),
               most_calls);
  return made;
}

}  // namespace millrace::app
