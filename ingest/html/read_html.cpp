#include "ingest/html/read_html.hpp"

#include "ingest/html/html_depth.hpp"
#include "ingest/html/page_metadata.hpp"
#include "ingest/html/page_survey.hpp"
#include "ingest/html/tree_builder.hpp"
#include "ingest/readers/html_encoding.hpp"
#include "ingest/readers/source_text.hpp"
#include "pipeline/api.hpp"

#include <fmt/format.h>
#include <gumbo.h>

#include <memory>
#include <new>

namespace millrace::ingest {
namespace {

tree::unreadable too_deep() {
  return {std::string{pipeline::codes::HTML_TOO_DEEP},
          fmt::format("the page nests elements more than {} deep", max_html_depth)};
}

}  // namespace

tree::read_result read_html(const tree::source_file& file) {
  const auto bytes = file.bytes;
  const auto decoded = decode_html(bytes);
  const auto& text = decoded.text;
  if (nests_deeper_than(text, max_html_depth))
    return too_deep();

  GumboOptions options = kGumboDefaultOptions;
  options.max_errors = 0;
  // Gumbo does not look at what malloc answers; operator new does not answer null.
  options.allocator = [](void*, std::size_t size) { return ::operator new(size); };
  options.deallocator = [](void*, void* memory) { ::operator delete(memory); };
  const auto drop = [&](GumboOutput* page) { gumbo_destroy_output(&options, page); };
  const std::unique_ptr<GumboOutput, decltype(drop)> page{
      gumbo_parse_with_options(&options, text.data(), text.size()), drop};

  // The depth that tags promise is an estimate: elements that a parser adds are on top.
  const auto seen = html_tree::look_over(*page->document, 2 * max_html_depth);
  if (seen.too_deep)
    return too_deep();
  tree::document read;
  warn_of_encoding(decoded, read);
  read.about = html_tree::read_metadata(*page->document);
  // Places are told in the bytes of the file, not in those of another encoding.
  html_tree::tree_builder builder{seen, text == bytes ? bytes : std::string_view{}};
  read.content = builder.build(*page->document);
  if (!builder.has_heading() && !read.about.title.empty())
    read.content.insert(
        read.content.begin(),
        tree::block{tree::heading{1, {{tree::span_kind::text, read.about.title}}}, {}});
  return read;
}

}  // namespace millrace::ingest
