#pragma once

#include "net/tls/certificates.hpp"
#include "net/tls/tls_files.hpp"
#include "tests/support/temp_dir.hpp"

#include <sys/stat.h>

#include <chrono>
#include <string>

namespace millrace::tests {

/// TLS goes by the real time, so these terms are wide.
inline constexpr net::validity around_now{
    time_point{std::chrono::sys_days{std::chrono::year{2020} / 1 / 1}},
    time_point{std::chrono::sys_days{std::chrono::year{2120} / 1 / 1}}};
inline constexpr net::validity long_ago{
    time_point{std::chrono::sys_days{std::chrono::year{2001} / 1 / 1}},
    time_point{std::chrono::sys_days{std::chrono::year{2002} / 2 / 3}}};
inline constexpr net::validity far_off{
    time_point{std::chrono::sys_days{std::chrono::year{2110} / 1 / 1}},
    time_point{std::chrono::sys_days{std::chrono::year{2111} / 1 / 1}}};

/// An authority and the files of those for which it signs, in a folder of its own.
class test_authority {
 public:
  explicit test_authority(const net::validity& during = around_now)
      : own_(net::make_authority(during)) {}

  const temp_dir& dir() const { return dir_; }
  const net::identity& own() const { return own_; }

  /// Writes a file for its owner only.
  std::string write(const std::string& name, const std::string& bytes) const {
    auto file = dir_.write(name, bytes);
    ::chmod(file.c_str(), 0600);
    return file;
  }

  net::identity issue(net::certificate_use use, const net::validity& during = around_now) const {
    return net::issue(own_,
                      {.name = "somebody", .use = use, .hosts = {"localhost"}, .during = during});
  }

  /// The files of a new certificate.
  net::tls_files files(net::certificate_use use, const net::validity& during = around_now) {
    return files(issue(use, during));
  }
  net::tls_files files(const net::identity& of) {
    const auto number = std::to_string(++written_);
    return {write(number + ".pem", of.certificate), write(number + "-key.pem", of.key),
            write(number + "-authority.pem", own_.certificate)};
  }

 private:
  temp_dir dir_;
  net::identity own_;
  int written_ = 0;
};

}  // namespace millrace::tests
