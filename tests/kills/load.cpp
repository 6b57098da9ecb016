#include "tests/kills/load.hpp"

#include "tests/support/sample_files.hpp"

#include <fmt/format.h>

namespace millrace::killtest {
namespace {

std::string long_page(std::size_t number) {
  auto page = fmt::format("# Report {}\n\n", number);
  for (int part = 0; part < 20; ++part)
    page +=
        fmt::format("## Part {0}\n\nSentence {0} of report {1} speaks of water.\n\n", part, number);
  return page;
}

}  // namespace

const share& load::next() {
  const auto number = shares_.size();
  share made;
  const auto add = [&](const char* kind, const std::string& bytes) {
    made.documents.push_back(folder_.write(fmt::format("{:04}.{}", number, kind), bytes));
  };
  add("md", long_page(number));
  if (number % 3 == 0)
    add("html", fmt::format("<html><body><h1>Page {0}</h1><p>Text {0}.</p></body></html>", number));
  if (number % 3 == 1)
    add("pdf", tests::pdf_with_pages({fmt::format("Sheet {} of the survey", number)}));
  if (number % 3 == 2)
    add("pdf", tests::broken_pdf() + std::to_string(number));

  made.stubborn = fmt::format("{{\"stubborn\":{}}}", number);
  made.batch_size = 200 + static_cast<int>(random_.below(600));
  std::string lines;
  for (int i = 0; i < made.batch_size; ++i)
    lines += fmt::format("{{\"payload\": {{\"n\": {}}}, \"priority\": {}}}\n", ++jobs_,
                         random_.below(3));
  made.batch = folder_.write(fmt::format("{:04}.jsonl", number), lines);
  shares_.push_back(std::move(made));
  return shares_.back();
}

}  // namespace millrace::killtest
