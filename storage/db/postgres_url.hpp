#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// URLs of PostgreSQL, read as libpq reads them.
namespace millrace::storage::postgres {

/// Where the `?` before the parameters is, or would be: a password may have one of its own.
std::size_t query_of(std::string_view url);

/// Throws storage::error, which shows nothing of the URL, for one that libpq cannot read, or that
/// it would read in another way than its author meant: `/` or `@` in a password that is not
/// escaped.
void require_clear_url(const std::string& url);

/// The URL without passwords; of one that is not clear only the scheme.
std::string shown_url(const std::string& url);

}  // namespace millrace::storage::postgres
