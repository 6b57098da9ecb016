#include "ingest/files/media_type.hpp"

#include "base/check.hpp"
#include "base/error.hpp"
#include "base/unicode/ascii.hpp"
#include "ingest/files/decode.hpp"
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
  if (guess_utf16(bytes)) {
    buffer = *to_utf8(bytes);
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

/// Written in characters, and yet nothing to read.
bool is_code_for_machines(std::string_view mime) {
  constexpr std::array kinds{"image/",          "audio/",   "video/", "font/",
                             "application/rtf", "text/rtf", "model/", "application/postscript"};
  return std::any_of(kinds.begin(), kinds.end(),
                     [&](std::string_view kind) { return mime.starts_with(kind); });
}

/// The name of the tag that the text begins with, in lower case, after byte order marks, white
/// space, comments and processing instructions; of a document type, the type. Empty when the text
/// begins with something else.
std::string first_tag(std::string_view text) {
  const auto skip_past = [&](std::string_view end) {
    const auto at = text.find(end);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + end.size());
  };
  if (text.starts_with("\xEF\xBB\xBF"))
    text.remove_prefix(3);
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n\f"), text.size()));
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

bool is_named_markdown(std::string_view name) {
  std::string end{name.substr(name.size() - std::min<std::size_t>(name.size(), 9))};
  std::transform(end.begin(), end.end(), end.begin(), ascii_lower);
  return end.ends_with(".md") || end.ends_with(".markdown");
}

}  // namespace

std::variant<std::string, reject> media_type_of(std::string_view bytes, std::string_view name) {
  std::string buffer;
  const auto text = as_text(bytes, buffer);
  const auto mime = ask_libmagic(text ? *text : bytes);
  if (mime == pdf || (!text && bytes.substr(0, 1024).find("%PDF-") != std::string_view::npos))
    return std::string{pdf};
  if (!text || is_code_for_machines(mime))
    return reject{std::string{codes::FILE_TYPE_UNSUPPORTED},
                  fmt::format("the content is {}, neither Markdown, text, HTML nor PDF",
                              text || !mime.starts_with("text/") ? mime : "text with binary data")};
  const auto tag = first_tag(*text);
  if (tag == "html")
    return std::string{html};
  if (is_named_markdown(name))
    return std::string{markdown};
  if (mime == html && !tag.empty())
    return std::string{html};
  return std::string{plain_text};
}

std::string_view extension_of(std::string_view media_type) {
  if (media_type == markdown)
    return "md";
  if (media_type == html)
    return "html";
  if (media_type == pdf)
    return "pdf";
  MILLRACE_CHECK(media_type == plain_text);
  return "txt";
}

}  // namespace millrace::ingest
