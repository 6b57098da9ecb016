#include "benchmarks/cases.hpp"

namespace millrace::benchmarks {

const std::vector<bench_case>& cases() {
  static const std::vector<bench_case> all{
      {"transitions", "ten stages that do nothing, beside raw SQL", measure_transitions},
      {"drain", "one stage that does nothing, beside raw SQL", measure_drain},
      {"enqueue", "jobs into the database, one call", measure_enqueue},
      {"latency", "submit to first handler, and through ten stages, idle", measure_latency},
      {"scale", "claim and settle as finished jobs pile up", measure_scale},
      {"retention", "throughput while old jobs are deleted", measure_retention},
      {"tenants", "throughput with tenants and limits, beside none", measure_tenants},
      {"inspection", "throughput while three inspectors look", measure_inspection},
      {"http", "submits and reads over HTTP; throughput with many clients", measure_http},
      {"memory", "resident set in front of a million jobs", measure_memory},
      {"idle", "processor time with nothing to do; --jobs is milliseconds", measure_idle},
      {"exec", "jobs through one Python process, beside the same lines over a pipe", measure_exec},
      {"limit", "the statements alone, without a runtime", measure_limit},
      {"ingest", "a folder of documents, beside a plain loop", measure_ingest},
      {"backlog", "ten million jobs wait: the rate of each tenth", measure_backlog, "pressure"},
      {"pinned", "an old transaction stays open (PostgreSQL), beside a clean run", measure_pinned,
       "pressure"},
      {"readers", "four sessions read all tables over and over (PostgreSQL)", measure_readers,
       "pressure"},
      {"burst", "ten times the --rate for a third of the --minutes", measure_burst, "pressure"},
      {"soak", "jobs come at the --rate for --minutes", measure_soak, "pressure"},
  };
  return all;
}

}  // namespace millrace::benchmarks
