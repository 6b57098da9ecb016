#include "pipeline/payload.hpp"

#include "app/commands/submit/job_line.hpp"
#include "ingest/upload.hpp"
#include "pipeline/job_fields.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <chrono>
#include <variant>

using namespace millrace;
using namespace millrace::pipeline;

/// A payload is an upload or a reject with a reason; a line of a file of jobs is a job or an error.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const auto read = ingest::parse_upload(text);
  if (const auto* found = std::get_if<ingest::upload>(&read)) {
    const auto written = ingest::to_json(*found);
    const auto again = ingest::parse_upload(written);
    fuzz::expect(std::holds_alternative<ingest::upload>(again), "an upload is read again");
    fuzz::expect(ingest::to_json(std::get<ingest::upload>(again)) == written, "as the same");
  } else {
    fuzz::expect(!std::get<reject>(read).why.empty(), "a reject says why");
  }
  try {
    const auto job = app::read_job_line(text, {}, {}, time_point{std::chrono::hours{480'000}});
    fuzz::expect(job.payload.empty() || pipeline::is_payload(job.payload), "a job has a payload");
  } catch (const pipeline::bad_field& e) {
    fuzz::expect(*e.what() != '\0', "an error says why");
  }
  return 0;
}
