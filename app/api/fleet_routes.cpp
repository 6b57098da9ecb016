#include "app/api/routes.hpp"
#include "app/services.hpp"
#include "base/iso8601.hpp"
#include "ingest/store/document_store.hpp"
#include "storage/db/migrate.hpp"
#include "storage/history/job_json.hpp"
#include "storage/jobs/job_store.hpp"
#include "storage/jobs/paused_stages.hpp"
#include "storage/runtimes/runtime_store.hpp"
#include "storage/runtimes/schedules.hpp"

#include <array>
#include <map>
#include <utility>
#include <variant>

namespace millrace::app::api {
namespace {

using json = nlohmann::ordered_json;
using stage_name = std::pair<std::string, std::string>;

std::map<stage_name, json> count_jobs(storage::connection& on, const pipeline::catalog& pipelines) {
  std::map<stage_name, json> counts;
  for (const auto& one : storage::job_store{on, pipelines}.counts())
    counts[{one.pipeline, one.stage}][std::string{to_string(one.state)}] = one.count;
  return counts;
}

std::map<stage_name, json> find_pauses(storage::connection& on,
                                       const pipeline::catalog& pipelines) {
  std::map<stage_name, json> pauses;
  for (const auto& one : storage::paused_stages(on, pipelines))
    pauses[{one.pipeline, one.stage}] = {{"since", to_iso8601_us(one.since)}, {"by", one.by}};
  return pauses;
}

json jobs_by_state(const std::map<stage_name, json>& counts, const stage_name& at) {
  auto all = json::object();
  const auto found = counts.find(at);
  for (const auto state : pipeline::all_job_states) {
    const std::string name{to_string(state)};
    all[name] = found != counts.end() && found->second.contains(name) ? found->second[name]
                                                                      : json(0);
  }
  return all;
}

struct search_request {
  std::string query;
  std::size_t top = 5;
};

search_request search_of(const call& in) {
  const auto body = json::parse(in.asked().body, nullptr, /*allow_exceptions=*/false);
  const auto refuse = [](const char* why) {
    throw bad_request(why, R"(send {"query": "what to look for", "top": 5})");
  };
  if (!body.is_object() || !body.contains("query") || !body["query"].is_string())
    refuse("the body is no JSON object with a text `query`");
  search_request read{body["query"].get<std::string>(), 5};
  if (read.query.find_first_not_of(" \t\r\n") == std::string::npos)
    refuse("`query` is empty");
  if (body.contains("top")) {
    const auto& top = body["top"];
    if (!top.is_number_integer() || top < 1 || top > 1000)
      refuse("`top` is no whole number from 1 to 1000");
    read.top = top.get<std::size_t>();
  }
  return read;
}

ingest::vector embed(const call& in, const ingest::embedder& with, std::string_view query) {
  const std::array texts{query};
  auto answer = with.embed(texts, {in.around().time.now(), in.around().ending});
  if (auto* made = std::get_if<ingest::embedded>(&answer))
    return std::move(made->vectors.front());
  const auto* refused = std::get_if<pipeline::reject>(&answer);
  throw problem{refused != nullptr ? 400 : 503, "EMBEDDER_FAILED", "cannot search",
                refused != nullptr ? refused->why : "the embedder does not answer",
                "try again later, or ask in other words"};
}

}  // namespace

response list_pipelines(call& in) {
  return in.with_database([&](storage::connection& on) {
    const auto& pipelines = in.around().pipelines;
    const auto counts = count_jobs(on, pipelines);
    const auto pauses = find_pauses(on, pipelines);
    auto all = json::array();
    for (const auto& one : pipelines.pipelines()) {
      if (!in.may_see(one.name, in.holder().tenant))
        continue;
      auto stages = json::array();
      for (const auto& stage : one.stages) {
        const auto paused = pauses.find({one.name, stage.name});
        stages.push_back({{"stage", stage.name},
                          {"handler", stage.handler},
                          {"jobs", jobs_by_state(counts, {one.name, stage.name})},
                          {"paused", paused == pauses.end() ? json() : paused->second}});
      }
      all.push_back({{"pipeline", one.name}, {"stages", std::move(stages)}});
    }
    return json_response({{"pipelines", std::move(all)}});
  });
}

response list_runtimes(call& in) {
  return in.with_database([&](storage::connection& on) {
    const auto now = in.around().time.now();
    auto all = json::array();
    for (const auto& one : storage::list_runtimes(on))
      all.push_back({{"runtime_id", one.id},
                     {"host", one.host},
                     {"pid", one.pid},
                     {"version", one.version},
                     {"started_at", to_iso8601_us(one.started_at)},
                     {"lease_until", to_iso8601_us(one.lease_until)},
                     {"alive", one.lease_until > now}});
    return json_response({{"runtimes", std::move(all)}});
  });
}

response list_schedules(call& in) {
  return in.with_database([&](storage::connection& on) {
    auto all = json::array();
    for (const auto& one : storage::list_schedules(on))
      if (in.may_see(one.pipeline, in.holder().tenant))
        all.push_back({{"schedule", one.name},
                       {"pipeline", one.pipeline},
                       {"cron", one.cron},
                       {"next_at", to_iso8601_us(one.next_at)},
                       {"last_at", one.last_at ? json(to_iso8601_us(*one.last_at)) : json()},
                       {"last_job", one.last_at ? json(one.last_job) : json()}});
    return json_response({{"schedules", std::move(all)}});
  });
}

response search(call& in) {
  if (!in.holder().owner.empty() || !in.holder().tenant.empty() || !in.holder().pipeline.empty())
    throw problem{403, "TOKEN_BOUND", "the token does not reach that far",
                  "a search reads the documents of all owners, and the token is bound",
                  "use a token that is not bound"};
  const auto [query, top] = search_of(in);
  const auto embedder = make_embedder(in.around().config.values).worker;
  const auto wanted = embed(in, *embedder, query);
  return in.with_database([&](storage::connection& on) {
    const auto hits = ingest::search(on, embedder->name(), wanted,
                                     top);
    auto all = json::array();
    for (const auto& hit : hits)
      all.push_back({{"score", hit.score},
                     {"document_id", hit.document_id},
                     {"document_name", hit.document_name},
                     {"source_path", hit.source_path},
                     {"chunk_id", hit.chunk.id},
                     {"ord", hit.chunk.ord},
                     {"byte_begin", hit.chunk.byte_begin},
                     {"byte_end", hit.chunk.byte_end},
                     {"heading_path", hit.chunk.heading_path},
                     {"text", hit.chunk.text}});
    return json_response({{"hits", std::move(all)}});
  });
}

response health(call&) { return {200, "text/plain; charset=utf-8", "ok\n"}; }

response readiness(call& in) {
  return in.with_database([&](storage::connection& on) -> response {
    storage::require_current_schema(on);
    return {200, "text/plain; charset=utf-8", "ready\n"};
  });
}

}  // namespace millrace::app::api
