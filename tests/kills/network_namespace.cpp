#include "tests/kills/network_namespace.hpp"

#include "tests/kills/options.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <unistd.h>

namespace millrace::killtest {

network_namespace::network_namespace(int number)
    : name_{fmt::format("millrace-{}-{}", ::getpid(), number)},
      link_{fmt::format("m{}v{}", ::getpid(), number)} {
  // A network of four addresses, which no other process of the tests has.
  const auto prefix = fmt::format("10.{}.{}", 200 + ::getpid() / 250 % 50, ::getpid() % 250);
  outside_ = fmt::format("{}.{}", prefix, number * 4 + 1);
  inside_ = fmt::format("{}.{}", prefix, number * 4 + 2);
  for (const auto& words :
       {fmt::format("netns add {}", name_),
        fmt::format("link add {} type veth peer name inside netns {}", link_, name_),
        fmt::format("addr add {}/30 dev {}", outside_, link_), fmt::format("link set {} up", link_),
        fmt::format("-n {} addr add {}/30 dev inside", name_, inside_),
        fmt::format("-n {} link set lo up", name_), fmt::format("-n {} link set inside up", name_)})
    if (const auto done = ip(words); done.code != 0) {
      undo();
      throw not_here{fmt::format("no network namespace: ip {}: {}", words, done.err)};
    }
}

network_namespace::~network_namespace() { undo(); }

std::string network_namespace::enter(const std::string& command) const {
  return fmt::format("PATH=$PATH:/usr/sbin:/sbin; exec ip netns exec {} {}", name_, command);
}

void network_namespace::cut() const {
  REQUIRE(ip(fmt::format("-n {} link set inside down", name_)).code == 0);
}

void network_namespace::mend() const {
  REQUIRE(ip(fmt::format("-n {} link set inside up", name_)).code == 0);
}

tests::finished network_namespace::ip(const std::string& words) const {
  return shell_.shell(fmt::format("PATH=$PATH:/usr/sbin:/sbin; ip {}", words));
}

void network_namespace::undo() const {
  ip(fmt::format("link del {}", link_));
  ip(fmt::format("netns del {}", name_));
}

}  // namespace millrace::killtest
