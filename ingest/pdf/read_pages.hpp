#pragma once

#include "ingest/pdf/page.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What poppler's tools write, read as a stream: a manual makes a hundred megabytes of it.
namespace millrace::ingest::pdf_layout {

/// Reads what `pdftotext -bbox-layout` writes, a line at a time.
class page_reader {
 public:
  explicit page_reader(std::function<void(page&&)> use) : use_(std::move(use)) {}

  void feed(std::string_view bytes);

 private:
  void read_line(std::string_view line);
  void read_word(std::string_view line);
  void end_line();

  std::function<void(page&&)> use_;
  std::string rest_;
  page page_;
  line line_;
  int pages_ = 0;
  int blocks_ = 0;
};

/// The outline in what `pdftohtml -xml` writes.
std::vector<bookmark> read_bookmarks(std::string_view xml);

}  // namespace millrace::ingest::pdf_layout
