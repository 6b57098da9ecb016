#include "tests/ingest/formats/tree_text.hpp"

#include "tests/support/paths.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <type_traits>

namespace millrace::tests {
namespace {

namespace tree = ingest::tree;

std::string line_of(const tree::spans& words) {
  static constexpr const char* marks[] = {"", "`", "^", "~", "$", "!", "/"};
  std::string out;
  for (const auto& one : words) {
    const auto* mark = marks[static_cast<int>(one.kind)];
    out += mark + one.text + (one.kind == tree::span_kind::line_break ? "" : mark);
  }
  return out;
}

std::string lines_of(const std::string& text, const std::string& indent) {
  std::string out;
  for (const char c : text)
    out += c == '\n' ? "\n" + indent + "  | " : std::string(1, c);
  return out;
}

void add(std::string& out, const tree::blocks& content, const std::string& indent);

void add_block(std::string& out, const tree::block& one, const std::string& indent) {
  std::visit(
      [&](const auto& it) {
        using kind = std::decay_t<decltype(it)>;
        const auto inner = indent + "  ";
        if constexpr (std::is_same_v<kind, tree::paragraph>)
          out += indent + line_of(it.words) + "\n";
        else if constexpr (std::is_same_v<kind, tree::heading>)
          out += indent + std::string(static_cast<std::size_t>(it.level), '#') + " " +
                 line_of(it.words) + "\n";
        else if constexpr (std::is_same_v<kind, tree::list>) {
          out += indent + "list\n";
          for (const auto& item : it.items) {
            out += inner + (item.number ? std::to_string(*item.number) + "." : "-") + "\n";
            add(out, item.content, inner + "  ");
          }
        } else if constexpr (std::is_same_v<kind, tree::table>) {
          out += fmt::format("{}table, head {}\n", indent, it.head_rows);
          for (const auto& row : it.rows) {
            out += inner + "|";
            for (const auto& cell : row)
              out += line_of(cell) + "|";
            out += "\n";
          }
        } else if constexpr (std::is_same_v<kind, tree::code>)
          out += indent + "code " + lines_of(it.text, indent) + "\n";
        else if constexpr (std::is_same_v<kind, tree::preformatted>)
          out += indent + "pre " + lines_of(it.text, indent) + "\n";
        else if constexpr (std::is_same_v<kind, tree::quote>) {
          out += indent + "quote\n";
          add(out, it.content, inner);
        } else if constexpr (std::is_same_v<kind, tree::definition>) {
          out += indent + "definition\n";
          add(out, it.content, inner);
        } else if constexpr (std::is_same_v<kind, tree::footnote>) {
          out += indent + "footnote " + it.label + "\n";
          add(out, it.content, inner);
        } else if constexpr (std::is_same_v<kind, tree::formula>)
          out += indent + "formula " + it.source + "\n";
        else if constexpr (std::is_same_v<kind, tree::image>)
          out += indent + "image " + it.alternative + "\n";
        else
          out += indent + "page break\n";
      },
      one.content);
}

void add(std::string& out, const tree::blocks& content, const std::string& indent) {
  for (const auto& one : content)
    add_block(out, one, indent);
}

}  // namespace

std::string tree_text(const tree::document& document) {
  std::string out;
  add(out, document.content, "");
  return out;
}

std::string tree_text(const tree::read_result& result) {
  if (const auto* why = std::get_if<tree::unreadable>(&result))
    return why->code + ": " + why->message;
  return tree_text(std::get<tree::document>(result));
}

std::string code_of(const tree::read_result& result) {
  const auto* why = std::get_if<tree::unreadable>(&result);
  return why == nullptr ? "" : why->code;
}

std::string zip_of(const std::vector<zip_entry>& entries) {
  std::size_t size = 4'096;
  for (const auto& one : entries)
    size += one.bytes.size() + 2 * one.name.size() + 512;
  std::string out(size, '\0');
  std::size_t used = 0;
  const std::unique_ptr<archive, int (*)(archive*)> to{::archive_write_new(), ::archive_write_free};
  ::archive_write_set_format_zip(to.get());
  ::archive_write_open_memory(to.get(), out.data(), out.size(), &used);
  for (const auto& one : entries) {
    const std::unique_ptr<archive_entry, void (*)(archive_entry*)> entry{::archive_entry_new(),
                                                                         ::archive_entry_free};
    ::archive_entry_set_pathname(entry.get(), one.name.c_str());
    ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(one.bytes.size()));
    ::archive_entry_set_filetype(entry.get(), AE_IFREG);
    ::archive_entry_set_perm(entry.get(), 0644);
    ::archive_write_header(to.get(), entry.get());
    ::archive_write_data(to.get(), one.bytes.data(), one.bytes.size());
  }
  ::archive_write_close(to.get());
  out.resize(used);
  return out;
}

std::string sample(std::string_view name) {
  const auto path = source_path("tests/data/formats/" + std::string{name});
  std::ifstream in{path, std::ios::binary};
  if (!in)
    throw std::runtime_error{"cannot read " + path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace millrace::tests
