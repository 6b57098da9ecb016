#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::tests {

enum class packed_as : std::uint8_t { zip, tar, tar_gz, seven_zip };

struct archived {
  enum class kind : std::uint8_t { file, symbolic_link, hard_link, device, folder };
  /// Bytes of any encoding.
  std::string name;
  /// Of a link, where it leads.
  std::string bytes{};
  kind is = kind::file;
};

std::string archive_of(packed_as format, const std::vector<archived>& entries);
std::string gzip_of(std::string_view bytes);

/// Sets flags in both headers of the member of a zip at that position.
void set_flags(std::string& zip, std::size_t member, unsigned flags);
inline constexpr unsigned zip_encrypted = 0x1;
inline constexpr unsigned zip_utf8 = 0x800;

}  // namespace millrace::tests
