#include "tests/ingest/html/print_tree.hpp"

namespace millrace::tests {
namespace {

namespace tree = ingest::tree;

class tree_printer {
 public:
  void print(const tree::blocks& blocks) {
    for (const auto& block : blocks)
      std::visit([&](const auto& content) { print_one(content); }, block.content);
  }

  std::string take() { return std::move(out_); }

 private:
  void line(const std::string& text) { out_ += std::string(indent_, ' ') + text + '\n'; }

  void inside(const tree::blocks& blocks) {
    indent_ += 2;
    print(blocks);
    indent_ -= 2;
  }

  void lines(const std::string& text) {
    indent_ += 2;
    for (std::size_t at = 0; at < text.size();) {
      const auto end = std::min(text.find('\n', at), text.size());
      line(text.substr(at, end - at));
      at = end + 1;
    }
    indent_ -= 2;
  }

  void print_one(const tree::paragraph& p) { line("p " + print_words(p.words)); }
  void print_one(const tree::heading& h) {
    line("h" + std::to_string(h.level) + " " + print_words(h.words));
  }
  void print_one(const tree::list& l) {
    line("list");
    for (const auto& item : l.items) {
      std::string marker = item.number ? std::to_string(*item.number) + "." : "-";
      if (item.checked)
        marker += *item.checked ? " [x]" : " [ ]";
      const auto* only = item.content.size() == 1
                             ? std::get_if<tree::paragraph>(&item.content[0].content)
                             : nullptr;
      if (only != nullptr) {
        line(marker + " " + print_words(only->words));
        continue;
      }
      line(marker);
      inside(item.content);
    }
  }
  void print_one(const tree::table& t) {
    line("table " + std::to_string(t.head_rows) +
         (t.caption.empty() ? "" : " " + print_words(t.caption)));
    for (const auto& row : t.rows) {
      std::string text = "|";
      for (const auto& cell : row)
        text += " " + print_words(cell) + (cell.empty() ? "|" : " |");
      line(text);
    }
  }
  void print_one(const tree::code& c) {
    line("code" + (c.language.empty() ? "" : " " + c.language));
    lines(c.text);
  }
  void print_one(const tree::preformatted& p) {
    line("verse");
    lines(p.text);
  }
  void print_one(const tree::quote& q) {
    line("quote");
    inside(q.content);
  }
  void print_one(const tree::definition& d) {
    for (const auto& term : d.terms)
      line("term " + print_words(term));
    line("is");
    inside(d.content);
  }
  void print_one(const tree::footnote& f) {
    line("note " + f.label);
    inside(f.content);
  }
  void print_one(const tree::formula& f) { line("formula " + f.source); }
  void print_one(const tree::image& i) { line("image " + i.alternative); }
  void print_one(const tree::page_break&) { line("page"); }

  std::string out_;
  std::size_t indent_ = 0;
};

}  // namespace

std::string print_tree(const tree::blocks& blocks) {
  tree_printer printer;
  printer.print(blocks);
  return printer.take();
}

std::string print_words(const tree::spans& words) {
  std::string out;
  for (const auto& one : words) {
    switch (one.kind) {
      case tree::span_kind::text:
        out += one.text;
        break;
      case tree::span_kind::code:
        out += '`' + one.text + '`';
        break;
      case tree::span_kind::superscript:
        out += "^{" + one.text + '}';
        break;
      case tree::span_kind::subscript:
        out += "_{" + one.text + '}';
        break;
      case tree::span_kind::formula:
        out += "${" + one.text + '}';
        break;
      case tree::span_kind::image:
        out += "![" + one.text + ']';
        break;
      case tree::span_kind::line_break:
        out += "⏎";
        break;
    }
  }
  return out;
}

}  // namespace millrace::tests
