#include "app/certificate_files.hpp"

#include "app/error.hpp"
#include "net/tls/certificates.hpp"
#include "net/tls/tls_files.hpp"
#include "storage/db/temporary_file.hpp"
#include "storage/runtimes/data_dir.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

namespace millrace::app {
namespace {

using path = std::filesystem::path;
using net::certificate_use;
using net::identity;

constexpr auto making = "cannot make certificates";
constexpr auto authority_key = "authority-key.pem";

/// The clocks of two machines differ.
constexpr std::chrono::hours clock_skew{1};

net::validity validity_of(const certificate_term& term) {
  return {term.now - clock_skew, term.now + term.length};
}

std::string bundle_of(const identity& client, const identity& authority) {
  return client.certificate + client.key + authority.certificate;
}

identity issue_client(const identity& authority, const std::string& name,
                      const certificate_term& term) {
  return net::issue(
      authority,
      {.name = name, .use = certificate_use::client, .hosts = {name}, .during = validity_of(term)});
}

identity issue_server(const identity& authority, const std::vector<std::string>& hosts,
                      const certificate_term& term) {
  return net::issue(authority, {.name = "millrace server",
                                .use = certificate_use::server,
                                .hosts = hosts,
                                .during = validity_of(term)});
}

/// Whether there was none of that name.
bool write_new(const path& file, std::string_view bytes) {
  storage::temporary_file written{file, making};
  written.write(bytes);
  return written.become_target();
}

/// A folder beside the one that it becomes, mode 0700, gone again unless it got that one's name.
class temporary_folder {
 public:
  explicit temporary_folder(path target) : target_(std::move(target)) {
    auto pattern =
        (target_.parent_path() / fmt::format(".{}.XXXXXX", target_.filename().string())).string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw storage::file_error(making, target_.parent_path(), errno);
    path_ = pattern;
  }
  ~temporary_folder() {
    std::error_code ignored;
    if (!path_.empty())
      std::filesystem::remove_all(path_, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  const path& get() const { return path_; }

  /// Durably. False when there is a folder of that name with something in it.
  bool become_target() {
    storage::sync_folder(path_);
    if (::rename(path_.c_str(), target_.c_str()) != 0) {
      if (errno == ENOTEMPTY || errno == EEXIST)
        return false;
      throw storage::file_error(making, target_, errno);
    }
    path_.clear();
    storage::sync_folder(target_.parent_path());
    return true;
  }

 private:
  path target_;
  path path_;
};

std::string read_text(const path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

identity read_authority(const path& data_dir) {
  const auto folder = net::certificates_folder(data_dir);
  const auto certificate = net::server_files(data_dir).authority;
  const auto key = folder / authority_key;
  if (::access(certificate.c_str(), R_OK) != 0 || ::access(key.c_str(), R_OK) != 0) {
    if (errno == ENOENT)
      throw error{exit_code::no, making,
                  fmt::format("there is no authority in {}", folder.string()),
                  "make one with `millrace certs init`, or check runtime.data_dir"};
    throw storage::file_error(making, folder, errno);
  }
  return {read_text(certificate), read_text(key)};
}

}  // namespace

path make_certificates(const path& data_dir, const std::vector<std::string>& hosts,
                       const certificate_term& term) {
  storage::make_data_dir(data_dir);
  const auto authority =
      net::make_authority(validity_of({.now = term.now, .length = authority_length}));
  const auto server = issue_server(authority, hosts, term);
  const auto client = issue_client(authority, "client", term);
  const auto files = net::server_files(data_dir);
  auto folder = net::certificates_folder(data_dir);
  temporary_folder made{folder};
  const auto put = [&](const path& name, const std::string& bytes) {
    write_new(made.get() / name.filename(), bytes);
  };
  put(files.authority, authority.certificate);
  put(authority_key, authority.key);
  put(files.certificate, server.certificate);
  put(files.key, server.key);
  put("client.pem", bundle_of(client, authority));
  if (!made.become_target())
    throw error{
        exit_code::no, making, fmt::format("{} is there already", folder.string()),
        "`millrace certs client NAME` makes one for another machine, `millrace certs renew` "
        "replaces the runtime's; to begin with a new authority, which invalidates every present "
        "certificate, move the folder away"};
  return folder;
}

void make_client_bundle(const path& data_dir, const std::string& name, const path& file,
                        const certificate_term& term) {
  const auto authority = read_authority(data_dir);
  if (!write_new(file, bundle_of(issue_client(authority, name, term), authority)))
    throw error{exit_code::no, making, fmt::format("{} is there already", file.string()),
                "move it away, or name another file with --out"};
  const auto folder = file.parent_path();
  storage::sync_folder(folder.empty() ? "." : folder);
}

void renew_server(const path& data_dir, const std::vector<std::string>& hosts,
                  const certificate_term& term) {
  const auto authority = read_authority(data_dir);
  const auto server = issue_server(authority, hosts, term);
  const auto files = net::server_files(data_dir);
  storage::temporary_file certificate{files.certificate, making};
  storage::temporary_file key{files.key, making};
  certificate.write(server.certificate);
  key.write(server.key);
  // A crash in between leaves two that do not belong together: a runtime says so, and this helps.
  key.replace_target();
  certificate.replace_target();
  storage::sync_folder(net::certificates_folder(data_dir));
}

}  // namespace millrace::app
