#pragma once

#include "base/time.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

/// Certificates for attaching from another machine, and the files that they stand in: mode 0600,
/// never half written.
namespace millrace::app {

/// From when and how long new certificates are valid.
struct certificate_term {
  time_point now;
  std::chrono::days length;
};

/// Authorities are valid for that long.
inline constexpr std::chrono::days authority_length{3650};

/// Makes an authority with a server's and a client's certificate in the data directory's folder of
/// certificates, all or nothing. Answers the folder. Throws app::error when there is one already,
/// storage::error when it cannot be written.
std::filesystem::path make_certificates(const std::filesystem::path& data_dir,
                                        const std::vector<std::string>& hosts,
                                        const certificate_term& term);

/// Makes a certificate for a client of that name and writes it with its key and the authority's
/// certificate to the file. Throws app::error when there is no authority or the file is there
/// already, storage::error when it cannot be written.
void make_client_bundle(const std::filesystem::path& data_dir, const std::string& name,
                        const std::filesystem::path& file, const certificate_term& term);

/// Replaces the runtime's certificate with a new one that has another key. Throws as
/// make_client_bundle().
void renew_server(const std::filesystem::path& data_dir, const std::vector<std::string>& hosts,
                  const certificate_term& term);

}  // namespace millrace::app
