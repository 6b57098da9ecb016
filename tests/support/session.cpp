#define CATCH_CONFIG_RUNNER
#include "tests/support/session.hpp"

#include <catch2/catch.hpp>

namespace millrace::tests {

struct session::state {
  Catch::Session catch_session;

  template <class Value>
  void add(Value& value, const char* name, const char* hint, const char* meaning) {
    catch_session.cli(catch_session.cli() | Catch::clara::Opt(value, hint)[name](meaning));
  }
};

session::session() : state_{std::make_unique<state>()} {}

session::~session() = default;

void session::add(std::string& value, const char* name, const char* hint, const char* meaning) {
  state_->add(value, name, hint, meaning);
}

void session::add(int& value, const char* name, const char* hint, const char* meaning) {
  state_->add(value, name, hint, meaning);
}

void session::add(std::uint64_t& value, const char* name, const char* hint, const char* meaning) {
  state_->add(value, name, hint, meaning);
}

void session::add(bool& value, const char* name, const char* meaning) {
  auto& catch_session = state_->catch_session;
  catch_session.cli(catch_session.cli() | Catch::clara::Opt(value)[name](meaning));
}

std::optional<int> session::read(int argc, char** argv) {
  const int wrong = state_->catch_session.applyCommandLine(argc, argv);
  return wrong == 0 ? std::nullopt : std::optional{wrong};
}

bool session::only_lists() const {
  const auto& asked = state_->catch_session.configData();
  return asked.listTests || asked.listTestNamesOnly;
}

int session::run() { return state_->catch_session.run(); }

}  // namespace millrace::tests
