#include "storage/access/sessions.hpp"

#include "tests/support/store_fixture.hpp"

namespace millrace::storage::testing {
namespace {

TEST_CASE_METHOD(store_fixture, "a session stands for its token until it ends") {
  const auto token = digest_of("mr_secret");
  const auto first = open_session(on, token, now + 1h, now);
  const auto other = open_session(on, digest_of("mr_other"), now + 2h, now);
  CHECK(first != other);
  CHECK(find_session(on, first, now) == token);
  CHECK(find_session(on, other, now) == digest_of("mr_other"));
  CHECK_FALSE(find_session(on, first, now + 1h));
  CHECK_FALSE(find_session(on, "made up", now));
  end_session(on, other);
  CHECK_FALSE(find_session(on, other, now));
  // Those that are over go when the next one begins.
  open_session(on, token, now + 3h, now + 1h);
  long long left = 0;
  on.session() << "select count(*) from console_sessions", soci::into(left);
  CHECK(left == 1);
}

TEST_CASE_METHOD(store_fixture, "a link to the console signs in once, and is no session") {
  const auto token = digest_of("mr_secret");
  const auto link = add_sign_in_link(on, token, now + 2min);
  CHECK_FALSE(find_session(on, link, now));
  CHECK_FALSE(find_sign_in_link(on, link, now + 2min));
  CHECK_FALSE(use_sign_in_link(on, link, now + 1h, now + 2min));
  CHECK(find_sign_in_link(on, link, now) == token);
  const auto session = use_sign_in_link(on, link, now + 1h, now);
  REQUIRE(session);
  CHECK(find_session(on, *session, now) == token);
  CHECK_FALSE(find_sign_in_link(on, link, now));
  CHECK_FALSE(use_sign_in_link(on, link, now + 1h, now));
  CHECK_FALSE(use_sign_in_link(on, *session, now + 1h, now));
}

}  // namespace
}  // namespace millrace::storage::testing
