#pragma once

#include "net/tls/certificates.hpp"
#include "net/tls/tls_files.hpp"
#include "tests/support/temp_dir.hpp"

#include <sys/stat.h>

#include <chrono>
#include <string>

namespace millrace::tests {

/// TLS goes by the real time, so these terms are wide.
inline constexpr actors::validity around_now{
    pipeline::time_point{std::chrono::sys_days{std::chrono::year{2020} / 1 / 1}},
    pipeline::time_point{std::chrono::sys_days{std::chrono::year{2120} / 1 / 1}}};
inline constexpr actors::validity long_ago{
    pipeline::time_point{std::chrono::sys_days{std::chrono::year{2001} / 1 / 1}},
    pipeline::time_point{std::chrono::sys_days{std::chrono::year{2002} / 2 / 3}}};
inline constexpr actors::validity far_off{
    pipeline::time_point{std::chrono::sys_days{std::chrono::year{2110} / 1 / 1}},
    pipeline::time_point{std::chrono::sys_days{std::chrono::year{2111} / 1 / 1}}};

/// An authority and the files of whom it signs, in a folder of its own.
class test_authority {
 public:
  explicit test_authority(const actors::validity& during = around_now)
      : own_(actors::make_authority(during)) {}

  const temp_dir& dir() const { return dir_; }
  const actors::identity& own() const { return own_; }

  /// Writes a file for its owner only.
  std::string write(const std::string& name, const std::string& bytes) const {
    auto file = dir_.write(name, bytes);
    ::chmod(file.c_str(), 0600);
    return file;
  }

  actors::identity issue(actors::certificate_use use,
                         const actors::validity& during = around_now) const {
    return actors::issue(
        own_, {.name = "somebody", .use = use, .hosts = {"localhost"}, .during = during});
  }

  /// The files of a new certificate.
  actors::tls_files files(actors::certificate_use use,
                          const actors::validity& during = around_now) {
    return files(issue(use, during));
  }
  actors::tls_files files(const actors::identity& of) {
    const auto number = std::to_string(++written_);
    return {write(number + ".pem", of.certificate), write(number + "-key.pem", of.key),
            write(number + "-authority.pem", own_.certificate)};
  }

 private:
  temp_dir dir_;
  actors::identity own_;
  int written_ = 0;
};

}  // namespace millrace::tests
