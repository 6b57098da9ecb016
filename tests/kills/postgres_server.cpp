#include "tests/kills/postgres_server.hpp"

#include "tests/kills/options.hpp"
#include "tests/support/loopback.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace millrace::killtest {

postgres_server::postgres_server(std::filesystem::path folder,
                                 const std::vector<std::string>& addresses)
    : folder_{std::move(folder)},
      port_{tests::free_port()},
      url_{fmt::format("postgresql://millrace@127.0.0.1:{}/millrace", port_)} {
  bin_ = shell_.shell("pg_config --bindir").out;
  if (bin_.empty())
    throw not_here{"PostgreSQL is not installed"};
  bin_.pop_back();
  std::filesystem::create_directories(folder_);
  // PostgreSQL refuses to run as root.
  if (::geteuid() == 0) {
    as_ = "/usr/sbin/runuser -u postgres -- ";
    REQUIRE(shell_.shell(fmt::format("chown postgres {}", folder_.string())).code == 0);
  }
  must(fmt::format("{}{}/initdb -D {}/data -U millrace --auth=trust --encoding=UTF8 --locale=C",
                   as_, bin_, folder_.string()));
  auto listen = addresses;
  listen.insert(listen.begin(), "127.0.0.1");
  must(
      fmt::format("printf \"port = {}\\nlisten_addresses = '{}'\\nmax_connections = 200\\n"
                  "unix_socket_directories = '{}'\\n\" >> data/postgresql.conf",
                  port_, fmt::join(listen, ","), folder_.string()));
  for (const auto& one : addresses)
    must(fmt::format("echo 'host all all {}/30 trust' >> data/pg_hba.conf", one));
  start();
  must(fmt::format("{}/createdb -h 127.0.0.1 -p {} -U millrace millrace", bin_, port_));
}

postgres_server::~postgres_server() { control("-m immediate stop"); }

void postgres_server::must(const std::string& script) const {
  const auto done = shell_.shell(fmt::format("cd {} && {}", folder_.string(), script));
  INFO(done.out << done.err);
  REQUIRE(done.code == 0);
}

std::string postgres_server::url(const std::string& address) const {
  return fmt::format("postgresql://millrace@{}:{}/millrace", address, port_);
}

void postgres_server::keep_copy() const {
  stop_hard();
  must("rm -rf copy && cp -a data copy");
  start();
}

void postgres_server::go_back_to_copy() const {
  stop_hard();
  must("rm -rf data && cp -a copy data");
  start();
}

void postgres_server::stop_hard() const {
  const auto done = control("-m immediate stop");
  INFO(done.out << done.err);
  REQUIRE(done.code == 0);
}

void postgres_server::start() const {
  if (control("status").code == 0)
    return;
  const auto done = control("-w -t 120 start");
  INFO(done.err << shell_.shell(fmt::format("tail -n 5 {}/log", folder_.string())).out);
  REQUIRE(done.code == 0);
}

tests::finished postgres_server::control(const std::string& words) const {
  return shell_.shell(fmt::format("cd {0} && {1}{2}/pg_ctl -D {0}/data -l {0}/log -s {3}",
                                  folder_.string(), as_, bin_, words));
}

}  // namespace millrace::killtest
