#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Files, good and bad, for tests of ingestion.
namespace millrace::tests {

/// A PDF with one page for each text; `\n` in a text begins a new line.
std::string pdf_with_pages(const std::vector<std::string>& texts);
/// One page with a picture and no text.
std::string pdf_with_an_image();
/// One page, encrypted (RC4, 40 bits): unreadable without the password "user".
std::string pdf_with_a_password();
/// One page, encrypted in the same way, that opens without a password. Says "secret words".
std::string pdf_with_an_owner_password();
/// Begins as a PDF and goes on as nothing.
std::string broken_pdf();

/// HTML of at least `size` bytes with `depth` nested elements.
std::string deep_html(std::size_t depth, std::size_t size);

/// The text of UTF-8 in UTF-16, with a byte order mark if asked.
std::string utf16_little(std::string_view text, bool with_mark);
std::string utf16_big(std::string_view text, bool with_mark);

/// A picture: binary, and of no kind that is taken in.
std::string png();

}  // namespace millrace::tests
