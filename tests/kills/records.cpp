#include "tests/kills/records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <regex>

namespace millrace::killtest {
namespace {

constexpr auto not_ended =
    "select count(*) from jobs where state in ('queued', 'working', 'retryable')";

}  // namespace

std::int64_t records::number(const std::string& sql) const {
  storage::connection on{from_};
  long long answer = 0;
  on.session() << sql, soci::into(answer);
  return answer;
}

std::vector<std::string> records::lines(const std::string& sql) const {
  storage::connection on{from_};
  std::vector<std::string> all;
  soci::rowset<std::string> rows = (on.session().prepare << sql);
  for (const auto& row : rows)
    all.push_back(row);
  return all;
}

std::int64_t records::unfinished() const { return number(not_ended); }

std::int64_t records::at_work() const {
  return number("select count(*) from jobs where state = 'working'");
}

std::vector<std::string> records::picture() const {
  const bool is_postgres = storage::dialect_of(from_.url) == storage::dialect::postgres;
  const std::vector<std::string> parts{
      // Attempts that failed for want of memory and the like are charged, and made again.
      "select cast(d.payload as text) || ' ' || j.pipeline || ' ' || j.stage || ' ' || j.state"
      " || case when j.state = 'deadletter' then ' ' || coalesce(d.code, '') else '' end"
      " || case when j.pipeline = 'stubborn' then ' attempts ' || j.attempt else '' end"
      " || ' ' || coalesce(cast(d.output as text), '')"
      " from jobs j join job_details d on d.job_id = j.job_id",
      "select cast(d.payload as text) || ' passed ' || e.stage || ' ' || count(*)"
      " from events e join job_details d on d.job_id = e.job_id"
      " where e.type = 'stage_done' group by cast(d.payload as text), e.stage",
      "select cast(d.payload as text) || ' ended ' || count(*)"
      " from events e join job_details d on d.job_id = e.job_id"
      " where e.type = 'finalized' group by cast(d.payload as text)",
      "select name || ' ' || status || ' ' || text_sha256 || ' ' || chunk_count || ' ' || embedder"
      " from documents",
      fmt::format("select chunk_id || ' ' || ord || ' ' || sha256 || ' ' || coalesce(embedder, '')"
                  " || ' ' || coalesce({}, '')"
                  " from chunks",
                  is_postgres ? "encode(embedding, 'hex')" : "hex(embedding)")};
  std::vector<std::string> all;
  for (const auto& part : parts) {
    // Each folder of blobs has a key of its own.
    static const std::regex seal{R"("seal": ?"[0-9a-f]+")"};
    for (const auto& line : lines(part))
      all.push_back(std::regex_replace(line, seal, "\"seal\""));
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<std::string> records::faults() const {
  const std::vector<std::pair<const char*, const char*>> rules{
      {"stages were passed twice",
       "select count(*) from (select 1 as x from events where type = 'stage_done'"
       " group by job_id, stage having count(*) > 1) t"},
      {"payloads have more than one job",
       "select count(*) from (select 1 as x from job_details where payload is not null"
       " group by cast(payload as text) having count(*) > 1) t"},
      {"epochs made the same change twice",
       "select count(*) from (select 1 as x from events where job_id is not null"
       " group by job_id, epoch, type having count(*) > 1) t"},
      {"jobs have not ended", not_ended},
      {"jobs are POISON, and no handler is to blame",
       "select count(*) from job_details where code = 'POISON'"},
      {"chunks are in the buffer still", "select count(*) from chunk_buffer"},
      {"vectors are in the buffer still", "select count(*) from embedding_buffer"}};
  std::vector<std::string> found;
  for (const auto& [what, sql] : rules)
    if (const auto count = number(sql); count > 0)
      found.push_back(fmt::format("{} {}", count, what));
  return found;
}

std::vector<std::string> missing_from(const std::vector<std::string>& all,
                                      const std::vector<std::string>& there) {
  std::vector<std::string> missing;
  std::set_difference(all.begin(), all.end(), there.begin(), there.end(),
                      std::back_inserter(missing));
  return missing;
}

}  // namespace millrace::killtest
