#include "storage/db/migrate.hpp"

#include "base/digest.hpp"
#include "storage/db/sql_text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::storage {
namespace {

struct migration {
  int version = 0;
  const sql_text* source = nullptr;
};

std::vector<migration> migrations_for(dialect d) {
  std::vector<migration> all;
  for (const auto& one : embedded_migrations()) {
    if (one.dialect != to_string(d))
      continue;
    int number = 0;
    std::from_chars(one.name.data(), one.name.data() + one.name.size(), number);
    MILLRACE_CHECK(number == static_cast<int>(all.size()) + 1);
    all.push_back({number, &one});
  }
  return all;
}

error too_new(const schema_version& found) {
  return {error_kind::schema, "cannot use the database",
          fmt::format("its schema is version {}, and this millrace knows no later one than {}",
                      found.database, found.binary),
          "use the newer millrace that made it, or another database"};
}

/// A newer millrace has been here, and an older one may go on beside it as long as the schema
/// allows.
bool is_too_new(const schema_version& found) {
  return found.database > found.binary && found.works_with > found.binary;
}

schema_version read(connection& on) {
  schema_version found;
  found.binary = static_cast<int>(migrations_for(on.dialect()).size());
  if (std::get<0>(on.prepared<std::int64_t>("schema_exists").first().value()) > 0) {
    const auto [version, works_with] =
        on.prepared<std::int64_t, std::int64_t>("schema_version").first().value();
    found.database = static_cast<int>(version);
    found.works_with = static_cast<int>(works_with);
  }
  return found;
}

/// A migration that writes rows says `:now`, as a statement does, and has no parameters.
std::string with_time(std::string script, time_point now) {
  constexpr std::string_view name = ":now";
  const auto us = std::to_string(to_us(now));
  for (auto at = script.find(name); at != std::string::npos; at = script.find(name, at))
    script.replace(at, name.size(), us);
  return script;
}

/// Another process that migrates is waited for, for as long as a statement may take; what the
/// migration itself locks is not.
void lock_migrations(connection& on) {
  if (on.dialect() == dialect::sqlite) {
    on.prepared<std::int64_t>("lock_migrations").first();
    return;
  }
  auto& change = on.prepared<std::string>("change_lock_timeout");
  const auto before = std::get<0>(change.with("timeout", "0").first().value());
  on.prepared<std::int64_t>("lock_migrations").first();
  change.with("timeout", before).first();
}

/// Applies the next migration, if there is one. Reads the version under the lock, for another
/// process may have been quicker.
bool apply_next(connection& on, time_point now) {
  transaction tx{on};
  lock_migrations(on);
  on.make_schema();
  const auto found = read(on);
  if (is_too_new(found))
    throw too_new(found);
  if (found.database >= found.binary)
    return false;
  const auto next = migrations_for(on.dialect()).at(static_cast<std::size_t>(found.database));
  on.run_script(with_time(std::string{next.source->text}, now));
  on.prepared<>("record_migration")
      .with("version", next.version)
      .with("name", next.source->name)
      .with("works_with", next.source->works_with)
      .with("now", to_us(now))
      .run();
  tx.commit();
  return true;
}

bool has_schema_of(connection& on, const std::string& digest) {
  return std::get<0>(on.prepared<std::int64_t>("has_application_schema")
                         .with("digest", digest)
                         .first()
                         .value()) > 0;
}

/// Once for each script, so that a role that may not make tables uses what an owner has made.
void apply_application_schema(connection& on, time_point now) {
  const auto& script = on.application_schema();
  if (script.empty())
    return;
  const auto digest = sha256_hex(script);
  if (has_schema_of(on, digest))
    return;
  transaction tx{on};
  lock_migrations(on);
  if (has_schema_of(on, digest))
    return;
  on.run_script(script);
  on.prepared<>("record_application_schema").with("digest", digest).with("now", to_us(now)).run();
  tx.commit();
}

}  // namespace

schema_version read_schema_version(connection& on) {
  return guarded("cannot read the schema's version", [&] { return read(on); });
}

int migrate(connection& on, time_point now) {
  return guarded("cannot migrate the database", [&] {
    int applied = 0;
    while (apply_next(on, now))
      ++applied;
    apply_application_schema(on, now);
    return applied;
  });
}

void require_current_schema(connection& on) {
  const auto found = read_schema_version(on);
  if (is_too_new(found))
    throw too_new(found);
  if (found.database < found.binary)
    throw error{error_kind::schema, "cannot use the database",
                found.database == 0
                    ? std::string{"it is empty"}
                    : fmt::format("its schema is version {}, this millrace needs {}",
                                  found.database, found.binary),
                "run `millrace migrate`"};
}

}  // namespace millrace::storage
