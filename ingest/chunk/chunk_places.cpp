#include "ingest/chunk/chunk_places.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace millrace::ingest {

void add_places(chunk& to, const outline& blocks) {
  const auto begin = static_cast<std::uint64_t>(to.byte_begin);
  const auto end = static_cast<std::uint64_t>(to.byte_end);
  auto at = std::partition_point(blocks.begin(), blocks.end(),
                                 [&](const outline_entry& e) { return e.end <= begin; });
  std::map<std::int32_t, tree::page_box> boxes;
  for (; at != blocks.end() && at->begin < end; ++at) {
    const auto& from = at->from;
    if (from.first_page == 0)
      continue;
    to.first_page = to.first_page == 0 ? from.first_page
                                       : std::min<std::int64_t>(to.first_page, from.first_page);
    to.last_page = std::max<std::int64_t>(to.last_page, from.last_page);
    if (!from.box)
      continue;
    const auto [box, is_new] = boxes.try_emplace(from.first_page, *from.box);
    if (!is_new)
      box->second = {std::min(box->second.left, from.box->left),
                     std::min(box->second.top, from.box->top),
                     std::max(box->second.right, from.box->right),
                     std::max(box->second.bottom, from.box->bottom)};
  }
  std::string list;
  for (const auto& [page, box] : boxes)
    list += fmt::format("{}[{},{:.1f},{:.1f},{:.1f},{:.1f}]", list.empty() ? "" : ",", page,
                        box.left, box.top, box.right, box.bottom);
  to.boxes = "[" + list + "]";
}

}  // namespace millrace::ingest
