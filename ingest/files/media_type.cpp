#include "ingest/files/media_type.hpp"

#include "base/check.hpp"
#include "base/error.hpp"
#include "base/unicode/ascii.hpp"
#include "ingest/files/decode.hpp"
#include "ingest/files/text_kinds.hpp"
#include "ingest/formats/formats.hpp"
#include "pipeline/api.hpp"

#include <fmt/format.h>
#include <magic.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

namespace millrace::ingest {
namespace {

/// libmagic looks no further than this anyway.
constexpr std::size_t magic_window = std::size_t{1024} * 1024;

using magic_handle = std::unique_ptr<magic_set, void (*)(magic_t)>;

magic_handle load_magic() {
  magic_handle loaded{::magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR |
                                   MAGIC_NO_CHECK_ELF),
                      ::magic_close};
  if (!loaded || ::magic_load(loaded.get(), nullptr) != 0)
    throw error{"cannot tell types of files apart",
                loaded ? ::magic_error(loaded.get()) : "libmagic cannot be opened",
                "check that libmagic-mgc is installed"};
  return loaded;
}

std::string ask_libmagic(std::string_view bytes) {
  // A handle serves one thread at a time. Loading maps a file that all of them share.
  thread_local const auto loaded = load_magic();
  const auto window = bytes.substr(0, magic_window);
  const char* answer = ::magic_buffer(loaded.get(), window.data(), window.size());
  // It found no memory. To go on would take the content for something else, for good.
  if (answer == nullptr)
    throw error{"cannot tell what type the content is", ::magic_error(loaded.get()),
                "the attempt is made again"};
  return answer;
}

/// The content as text to look at, or nothing when it is binary.
std::optional<std::string_view> as_text(std::string_view bytes, std::string& buffer) {
  if (auto wide = from_wide(bytes)) {
    buffer = std::move(wide->text);
    bytes = buffer;
  }
  const auto is_binary = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && !(byte >= 0x07 && byte <= 0x0D) && byte != 0x1B) || byte == 0x7F;
  };
  const auto strange =
      static_cast<std::size_t>(std::count_if(bytes.begin(), bytes.end(), is_binary));
  // A stray control character makes no binary; a NUL does.
  if (strange * 100 > bytes.size() || bytes.find('\0') != std::string_view::npos)
    return std::nullopt;
  return bytes;
}

std::string_view after_blanks(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF"))
    text.remove_prefix(3);
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n\f"), text.size()));
  return text;
}

/// A picture of P1, P2 or P3: nothing but numbers and remarks.
bool is_pixel_map(std::string_view text) {
  if (text.size() < 4 || text[0] != 'P' || text[1] < '1' || text[1] > '3')
    return false;
  text = text.substr(2, 4096);
  bool in_remark = false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    in_remark = c == '#' || (in_remark && c != '\n');
    return in_remark || is_digit(c) || c == ' ' || c == '\t' || c == '\r' || c == '\n';
  });
}

/// The name of the tag that the text begins with, in lower case, after byte order marks, white
/// space, comments and processing instructions; of a document type, the type. Empty when the text
/// begins with something else.
std::string first_tag(std::string_view text) {
  const auto skip_past = [&](std::string_view end) {
    const auto at = text.find(end);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + end.size());
  };
  for (;;) {
    text = after_blanks(text);
    if (text.starts_with("<!--"))
      skip_past("-->");
    else if (text.starts_with("<?"))
      skip_past(">");
    else
      break;
  }
  if (!text.starts_with('<'))
    return {};
  text.remove_prefix(1);
  const auto word = [&] {
    std::string name;
    for (const char c : text.substr(0, std::min(text.find_first_of(" \t\r\n\f/>"), text.size()))) {
      if (name.size() == 16)
        break;
      name += ascii_lower(c);
    }
    return name;
  };
  auto name = word();
  if (name == "!doctype") {
    text.remove_prefix(name.size());
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n\f"), text.size()));
    name = word();
  }
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' ? name : std::string{};
}

std::string extension_in(std::string_view name) {
  const auto dot = name.find_last_of("./");
  if (dot == std::string_view::npos || name[dot] == '/' || name.size() - dot > 12)
    return {};
  return in_lower_case(name.substr(dot + 1));
}

/// Of what begins as an archive does; empty for a zip that is a package of another program.
std::string_view archive_type(std::string_view bytes) {
  using namespace std::string_view_literals;
  struct known_beginning {
    std::string_view bytes;
    std::string_view media_type;
  };
  constexpr std::array all{
      known_beginning{"PK\x05\x06"sv, zip},
      known_beginning{"7z\xBC\xAF\x27\x1C"sv, seven_zip},
      known_beginning{"\x1F\x8B"sv, gzip},
      known_beginning{"BZh"sv, bzip2},
      known_beginning{"\xFD"
                      "7zXZ\0"sv,
                      xz},
      known_beginning{"\x28\xB5\x2F\xFD"sv, zstd},
  };
  if (bytes.starts_with("PK\x03\x04"))
    return formats::type_of_zip(bytes);
  if (bytes.size() >= 512 && bytes.substr(257, 5) == "ustar")
    return tar;
  const auto* at = std::find_if(all.begin(), all.end(), [&](const known_beginning& one) {
    return bytes.starts_with(one.bytes);
  });
  return at == all.end() ? std::string_view{} : at->media_type;
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Written in characters, and yet nothing to read: what it is, for people; empty for other text.
std::string_view code_for_machines(std::string_view text, std::string_view tag) {
  if (text.starts_with("%!PS"))
    return "PostScript";
  if (is_pixel_map(text))
    return "a picture";
  if (tag == "svg" && (text.find("</svg>") != std::string_view::npos ||
                       text.find("xmlns") != std::string_view::npos))
    return "an SVG picture";
  return {};
}

/// Whether the text is a page: by its document type, or because tags follow its first tag. A note
/// on `<html>` is not a page.
bool is_page(std::string_view text, std::string_view tag) {
  if (tag != "html")
    return false;
  const auto begin = text.find('<');
  auto rest = text.substr(begin);
  while (rest.starts_with("<!--") || rest.starts_with("<?") || rest.starts_with("<!")) {
    if (ascii_lower(rest[std::min<std::size_t>(2, rest.size() - 1)]) == 'd')
      return true;
    const std::string_view end = rest.starts_with("<!--") ? "-->" : ">";
    const auto at = rest.find(end);
    rest = at == std::string_view::npos ? std::string_view{}
                                        : after_blanks(rest.substr(at + end.size()));
  }
  const auto close = rest.find('>');
  if (close == std::string_view::npos)
    return false;
  return after_blanks(rest.substr(close + 1)).starts_with('<') ||
         rest.find("</") != std::string_view::npos;
}

bool has_closing_tag(std::string_view text, const std::string& tag) {
  const std::string closing = "</" + tag;
  const auto same = [](char a, char b) { return ascii_lower(a) == b; };
  return std::search(text.begin(), text.end(), closing.begin(), closing.end(), same) != text.end();
}

/// Whether the text begins with a field of a message ("From: Ann"), or with the line of a mailbox.
bool begins_as_mail(std::string_view text) {
  if (text.starts_with("From "))
    return true;
  const auto end = text.find_first_of(":\n \t");
  return end != std::string_view::npos && end > 0 && text[end] == ':';
}

std::string_view mail_type(std::string_view text, std::string_view extension) {
  if (!begins_as_mail(text))
    return {};
  if (extension == "eml")
    return eml;
  if (extension == "mbox")
    return mbox;
  return extension == "mhtml" || extension == "mht" ? mhtml : std::string_view{};
}

std::string type_of_text(std::string_view text, std::string_view name, const std::string& tag) {
  constexpr std::array<std::string_view, 4> of_markdown{"md", "markdown", "mdown", "mkd"};
  constexpr std::array<std::string_view, 5> of_pages{"html", "htm", "xhtml", "xht", "shtml"};
  const auto extension = extension_in(name);
  if (const auto mail = mail_type(text, extension); !mail.empty())
    return std::string{mail};
  if (is_page(text, tag))
    return std::string{html};
  if (is_one_of(extension, of_markdown))
    return std::string{markdown};
  // A fragment is a page by its name, or where the name says nothing.
  const bool is_fragment =
      !tag.empty() && tag != "html" &&
      (is_one_of(extension, of_pages) || (extension.empty() && has_closing_tag(text, tag)));
  return std::string{is_fragment ? html : text_kind_of(text, name).media_type};
}

}  // namespace

std::variant<std::string, reject> media_type_of(std::string_view bytes, std::string_view name) {
  const auto unsupported = [](std::string_view what) {
    return reject{
        std::string{codes::FILE_TYPE_UNSUPPORTED},
        fmt::format(
            "the content is {}, which is not read: documents are text of any kind, "
            "HTML, PDF, docx, pptx, xlsx, odt, odp, ods, epub, RTF, mail, and archives of these "
            "(zip, 7z, tar, gz, bz2, xz, zst)",
            what)};
  };
  std::string buffer;
  const auto text = as_text(bytes, buffer);
  if (!text) {
    const auto mime = ask_libmagic(bytes);
    if (mime == pdf || bytes.substr(0, 1024).find("%PDF-") != std::string_view::npos)
      return std::string{pdf};
    if (const auto packed = archive_type(bytes); !packed.empty())
      return std::string{packed};
    return unsupported(mime.starts_with("text/") ? "text with binary data" : mime);
  }
  const auto begin = after_blanks(*text);
  if (begin.starts_with("%PDF-") && begin.size() > 5 && is_digit(begin[5]))
    return std::string{pdf};
  if (begin.starts_with("{\\rtf"))
    return std::string{rtf};
  const auto tag = first_tag(*text);
  if (const auto machine = code_for_machines(begin, tag); !machine.empty())
    return unsupported(machine);
  return type_of_text(begin, name, tag);
}

std::string_view extension_of(std::string_view media_type) {
  struct known_extension {
    std::string_view media_type;
    std::string_view extension;
  };
  constexpr std::array all{
      known_extension{markdown, "md"}, known_extension{html, "html"},
      known_extension{pdf, "pdf"},     known_extension{docx, "docx"},
      known_extension{pptx, "pptx"},   known_extension{xlsx, "xlsx"},
      known_extension{odt, "odt"},     known_extension{ods, "ods"},
      known_extension{odp, "odp"},     known_extension{epub, "epub"},
      known_extension{rtf, "rtf"},     known_extension{eml, "eml"},
      known_extension{mbox, "mbox"},   known_extension{mhtml, "mhtml"},
      known_extension{zip, "zip"},     known_extension{seven_zip, "7z"},
      known_extension{tar, "tar"},     known_extension{gzip, "gz"},
      known_extension{bzip2, "bz2"},   known_extension{xz, "xz"},
      known_extension{zstd, "zst"},
  };
  const auto* at = std::find_if(all.begin(), all.end(), [&](const known_extension& one) {
    return one.media_type == media_type;
  });
  return at == all.end() ? "txt" : at->extension;
}

}  // namespace millrace::ingest
