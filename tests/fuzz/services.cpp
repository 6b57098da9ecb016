#include "ingest/embed/embeddings_api.hpp"
#include "ingest/parse/parsing_api.hpp"
#include "ingest/parse/remote_job.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cmath>

using namespace millrace;

namespace {

void check_embeddings(std::string_view body, std::size_t count, std::size_t dimension) {
  const auto answer = ingest::read_embeddings(body, count, dimension);
  if (!answer.fault.empty()) {
    fuzz::expect(answer.vectors.empty(), "a faulty answer has no vectors");
    return;
  }
  fuzz::expect(answer.vectors.size() == count, "a vector for each text");
  for (const auto& one : answer.vectors) {
    fuzz::expect(one.size() == dimension, "of the dimension");
    for (const auto number : one)
      fuzz::expect(std::isfinite(number), "of numbers");
  }
}

}  // namespace

/// What a service answers is taken, or has a fault that is told.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto body = fuzz::text_of(data, size);
  const auto count = fuzz::take_byte(body) % 4;
  const auto dimension = 1 + fuzz::take_byte(body) % 4;
  check_embeddings(body, count, dimension);
  const auto uploaded = ingest::read_upload(body);
  fuzz::expect(uploaded.id.empty() != uploaded.fault.empty(), "an id, or what is wrong");
  (void)ingest::read_status(body);
  const auto result = ingest::read_result(body);
  fuzz::expect(result.fault.empty() || result.text.empty(), "a text, or what is wrong");
  if (uploaded.fault.empty()) {
    const ingest::remote_job job{
        .endpoint = "http://x", .id = uploaded.id, .since = {}, .polls = 1};
    const auto output = ingest::with_remote_job("{}", job);
    fuzz::expect(ingest::remote_job_in(output) == job, "what is kept is found again");
    fuzz::expect(!ingest::remote_job_in(ingest::with_remote_job(output, std::nullopt)),
                 "what is forgotten is not");
  }
  return 0;
}
