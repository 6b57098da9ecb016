#include "app/commands/answers.hpp"

#include "app/commands/passage.hpp"
#include "app/terminal/text.hpp"
#include "ingest/store/document_versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace millrace::app {
namespace {

constexpr std::size_t widest = 100;
constexpr std::size_t usual = 80;
constexpr std::size_t indent = 3;

std::string pages_of(const ingest::chunk& chunk) {
  if (chunk.first_page == 0)
    return {};
  return chunk.first_page == chunk.last_page
             ? fmt::format(", page {}", chunk.first_page)
             : fmt::format(", pages {} to {}", chunk.first_page, chunk.last_page);
}

std::string version_of(storage::connection& on, const ingest::search_hit& hit) {
  for (const auto& one : ingest::list_versions(on, hit.document_id))
    if (one.path == hit.source_path && one.version > 1)
      return fmt::format(", version {}", one.version);
  return {};
}

std::string place_of(storage::connection& on, const ingest::search_hit& hit) {
  return fmt::format("{}{}{}, document {}",
                     hit.source_path.empty() ? hit.document_name : hit.source_path,
                     version_of(on, hit), pages_of(hit.chunk), hit.document_id);
}

}  // namespace

std::vector<stretch> answers_page(storage::connection& on,
                                  const std::vector<ingest::search_hit>& hits, std::size_t width) {
  const passage_layout layout{.width = width == 0 ? usual : std::min(width, widest),
                              .indent = indent};
  std::vector<stretch> page;
  for (std::size_t n = 0; n < hits.size(); ++n) {
    const auto& hit = hits[n];
    const auto& title = hit.title.empty() ? hit.document_name : hit.title;
    page.push_back({fmt::format("{}{}. ", n == 0 ? "" : "\n", n + 1)});
    page.push_back({title, true});
    page.push_back({"\n"});
    if (!hit.chunk.heading_path.empty() && hit.chunk.heading_path != title)
      page.push_back({fmt::format("{:{}}{}\n", "", indent,
                                  shorten(escape(hit.chunk.heading_path), layout.width - indent))});
    for (auto& one : passage_of(hit.chunk.text, hit.marks, layout))
      page.push_back(std::move(one));
    page.push_back({fmt::format("{:{}}{}\n", "", indent, place_of(on, hit))});
  }
  return page;
}

}  // namespace millrace::app
