#include "ingest/formats/mail/message.hpp"

#include "base/unicode/printable.hpp"
#include "ingest/files/decode.hpp"
#include "ingest/files/media_type.hpp"
#include "ingest/formats/archive/unpack.hpp"
#include "ingest/formats/build.hpp"

#include <fmt/format.h>
#include <gmime/gmime.h>

#include <iterator>
#include <memory>

namespace millrace::ingest::formats {
namespace {

struct unref {
  void operator()(void* object) const { ::g_object_unref(object); }
};
struct release {
  void operator()(void* memory) const { ::g_free(memory); }
};
template <class T>
using owned = std::unique_ptr<T, unref>;

std::string text_or_empty(const char* text) { return text == nullptr ? "" : text; }

std::string bytes_of(GMimeStream* memory, mail_reading& to) {
  const auto* bytes = ::g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
  if (bytes->len > to.bytes_left)
    fail("FILE_EXPANDS_TOO_MUCH", "the parts of the message are too large: split it");
  to.bytes_left -= bytes->len;
  return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

std::string content_of(GMimePart* part, mail_reading& to) {
  auto* content = ::g_mime_part_get_content(part);
  if (content == nullptr)
    return {};
  const owned<GMimeStream> memory{::g_mime_stream_mem_new()};
  ::g_mime_data_wrapper_write_to_stream(content, memory.get());
  return bytes_of(memory.get(), to);
}

/// Keeps an attachment. `other_name` is for one without a usable name.
void add_attachment(const char* name, std::string other_name, std::string bytes, mail_reading& to) {
  if (to.attachments.size() >= to.limits.max_members)
    fail("FILE_EXPANDS_TOO_MUCH", "the message has too many attachments: split it");
  auto path = printable(safe_path(text_or_empty(name)));
  if (path.empty())
    path = std::move(other_name);
  if (bytes.size() > to.limits.max_member_bytes)
    to.left_out.push_back({std::move(path), "FILE_TOO_LARGE"});
  else
    to.attachments.push_back({std::move(path), std::move(bytes)});
}

/// The extension that says what the content is where a name does not.
std::string extension_for(GMimeContentType* type) {
  if (type == nullptr)
    return {};
  const std::unique_ptr<char, release> name{::g_mime_content_type_get_mime_type(type)};
  const std::string full = text_or_empty(name.get());
  if (full == csv)
    return ".csv";
  const auto known = extension_of(full);
  return known == "txt" ? std::string{} : fmt::format(".{}", known);
}

std::string in_utf8(std::string bytes, const char* charset) {
  if (charset != nullptr)
    if (auto text = from_encoding(bytes, charset))
      return *std::move(text);
  if (auto text = to_utf8(bytes))
    return *std::move(text);
  return from_windows_1252(bytes);
}

/// Lines that end in a space flow into the next, where the message says so (RFC 3676).
std::string joined_flow(std::string_view text, bool flowed) {
  std::string out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    out += line;
    if (!flowed || !line.ends_with(' ') || line == "-- ")
      out += '\n';
  }
  return out;
}

void add_plain(std::string_view text, const std::string& part, tree::document& to) {
  while (!text.empty()) {
    const auto end = text.find("\n\n");
    auto lines = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    while (lines.starts_with('\n'))
      lines.remove_prefix(1);
    while (lines.ends_with('\n'))
      lines.remove_suffix(1);
    if (lines.find_first_not_of(" \t\r\n") == std::string_view::npos)
      continue;
    tree::spans words;
    while (!lines.empty()) {
      const auto stop = lines.find('\n');
      if (!words.empty())
        words.push_back({tree::span_kind::line_break, {}});
      words.push_back({tree::span_kind::text, std::string{lines.substr(0, stop)}});
      lines.remove_prefix(stop == std::string_view::npos ? lines.size() : stop + 1);
    }
    to.content.push_back({tree::paragraph{std::move(words)}, {.part = part}});
  }
}

void add_html(const std::string& html, const std::string& part, mail_reading& to) {
  auto read = to.html(html);
  auto* content = std::get_if<tree::document>(&read);
  if (content == nullptr) {
    warn(to.text, "PART_UNREADABLE", "a part of the file cannot be read and is left out");
    return;
  }
  for (auto& one : content->content)
    one.from.part = part;
  std::move(content->content.begin(), content->content.end(), std::back_inserter(to.text.content));
}

/// Whether a part is shown in the message, not beside it.
bool is_body(GMimePart* part) {
  auto* type = ::g_mime_object_get_content_type(GMIME_OBJECT(part));
  const auto disposition = text_or_empty(::g_mime_object_get_disposition(GMIME_OBJECT(part)));
  return type != nullptr && ::g_mime_content_type_is_type(type, "text", "*") &&
         disposition != "attachment" &&
         (::g_mime_content_type_is_type(type, "text", "plain") ||
          ::g_mime_content_type_is_type(type, "text", "html"));
}

void read_part(GMimePart* part, const std::string& number, mail_reading& to) {
  auto* type = ::g_mime_object_get_content_type(GMIME_OBJECT(part));
  auto bytes = content_of(part, to);
  if (is_body(part)) {
    const auto* charset = ::g_mime_content_type_get_parameter(type, "charset");
    const auto flowed = text_or_empty(::g_mime_content_type_get_parameter(type, "format"));
    if (::g_mime_content_type_is_type(type, "text", "html"))
      add_html(in_utf8(std::move(bytes), charset), number, to);
    else
      add_plain(joined_flow(in_utf8(std::move(bytes), charset), flowed == "flowed"), number,
                to.text);
    return;
  }
  // A picture that the text shows is no document.
  const bool is_shown = ::g_mime_part_get_content_id(part) != nullptr && type != nullptr &&
                        ::g_mime_content_type_is_type(type, "image", "*");
  if (bytes.empty() || is_shown)
    return;
  add_attachment(::g_mime_part_get_filename(part), "part-" + number + extension_for(type),
                 std::move(bytes), to);
}

/// A message that was forwarded whole, or that did not arrive.
void read_inner_message(GMimeMessagePart* part, const std::string& number, mail_reading& to) {
  auto* inner = ::g_mime_message_part_get_message(part);
  if (inner == nullptr)
    return;
  const owned<GMimeStream> memory{::g_mime_stream_mem_new()};
  ::g_mime_object_write_to_stream(GMIME_OBJECT(inner), nullptr, memory.get());
  auto* object = GMIME_OBJECT(part);
  const char* name = ::g_mime_object_get_content_disposition_parameter(object, "filename");
  if (name == nullptr)
    name = ::g_mime_object_get_content_type_parameter(object, "name");
  auto named = text_or_empty(name);
  if (!named.empty() && !named.ends_with(".eml"))
    named += ".eml";
  add_attachment(named.c_str(), "message-" + number + ".eml", bytes_of(memory.get(), to), to);
}

void read_object(GMimeObject* object, const std::string& number, int depth, mail_reading& to);

void read_multipart(GMimeMultipart* parts, const std::string& number, int depth, mail_reading& to) {
  auto* type = ::g_mime_object_get_content_type(GMIME_OBJECT(parts));
  const int count = ::g_mime_multipart_get_count(parts);
  const bool is_choice = ::g_mime_content_type_is_type(type, "multipart", "alternative");
  int chosen = -1;
  // Alternatives say the same: HTML has the structure, then the last that has a text.
  for (int i = 0; is_choice && i < count; ++i) {
    auto* one = ::g_mime_multipart_get_part(parts, i);
    auto* of = ::g_mime_object_get_content_type(one);
    if (GMIME_IS_MULTIPART(one) || ::g_mime_content_type_is_type(of, "text", "html") ||
        (chosen < 0 && ::g_mime_content_type_is_type(of, "text", "plain")))
      chosen = i;
  }
  for (int i = 0; i < count; ++i)
    if (chosen < 0 || i == chosen)
      read_object(::g_mime_multipart_get_part(parts, i),
                  number.empty() ? std::to_string(i + 1) : fmt::format("{}.{}", number, i + 1),
                  depth + 1, to);
}

void read_object(GMimeObject* object, const std::string& number, int depth, mail_reading& to) {
  if (depth > 20)
    fail("FILE_TOO_DEEP", "the parts of the message are nested too deeply");
  if (GMIME_IS_MULTIPART(object)) {
    read_multipart(GMIME_MULTIPART(object), number, depth, to);
  } else if (GMIME_IS_MESSAGE_PART(object)) {
    read_inner_message(GMIME_MESSAGE_PART(object), number.empty() ? "1" : number, to);
  } else if (GMIME_IS_PART(object)) {
    read_part(GMIME_PART(object), number.empty() ? "1" : number, to);
  }
}

std::string header(GMimeMessage* message, const char* name) {
  const auto raw = text_or_empty(::g_mime_object_get_header(GMIME_OBJECT(message), name));
  const std::unique_ptr<char, release> text{
      ::g_mime_utils_header_decode_text(nullptr, raw.c_str())};
  return in_utf8(text_or_empty(text.get()), nullptr);
}

}  // namespace

void read_message(std::string_view bytes, bool with_heading, std::string_view number,
                  mail_reading& to) {
  static const bool is_ready = (::g_mime_init(), true);
  static_cast<void>(is_ready);
  const owned<GMimeStream> stream{::g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size())};
  const owned<GMimeParser> parser{::g_mime_parser_new_with_stream(stream.get())};
  const owned<GMimeMessage> message{::g_mime_parser_construct_message(parser.get(), nullptr)};
  if (!message)
    fail("FILE_DAMAGED", "the file is no message: save it again");
  const auto subject = header(message.get(), "Subject");
  if (to.text.about.title.empty()) {
    to.text.about.title = subject;
    to.text.about.author = header(message.get(), "From");
    to.text.about.date = header(message.get(), "Date");
    if (auto receiver = header(message.get(), "To"); !receiver.empty())
      to.text.about.others.emplace_back("to", std::move(receiver));
  }
  if (with_heading && !subject.empty())
    to.text.content.push_back(
        {tree::heading{1, {{tree::span_kind::text, subject}}}, {.part = std::string{number}}});
  if (auto* body = ::g_mime_message_get_mime_part(message.get()))
    read_object(body, std::string{number}, 0, to);
}

}  // namespace millrace::ingest::formats
