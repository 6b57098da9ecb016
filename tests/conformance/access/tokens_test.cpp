#include "storage/access/tokens.hpp"

#include "storage/access/idempotency.hpp"
#include "tests/support/store_fixture.hpp"

namespace millrace::storage::testing {
namespace {

TEST_CASE_METHOD(store_fixture,
                 "a token is found by its secret, which the database does not have") {
  const auto secret = make_token_secret();
  CHECK(secret.size() == 67);
  CHECK(make_token_secret() != secret);
  const access_token token{.name = "shop",
                           .role = access_role::operates,
                           .owner = "o",
                           .tenant = "t",
                           .pipeline = "p",
                           .created_at = now,
                           .created_by = "a test",
                           .expires_at = now + 1h};
  CHECK(add_token(on, token, secret));
  CHECK_FALSE(add_token(on, token, make_token_secret()));
  const auto found = find_token(on, digest_of(secret), now);
  REQUIRE(found);
  CHECK(found->name == "shop");
  CHECK(found->role == access_role::operates);
  CHECK(found->owner == "o");
  CHECK(found->tenant == "t");
  CHECK(found->pipeline == "p");
  CHECK(found->expires_at == now + 1h);
  CHECK_FALSE(find_token(on, digest_of("mr_other"), now));
  CHECK_FALSE(find_token(on, digest_of(secret), now + 1h));
  CHECK(list_tokens(on).size() == 1);
  CHECK(revoke_token(on, "shop", "a test", now));
  CHECK_FALSE(revoke_token(on, "shop", "a test", now));
  CHECK_FALSE(find_token(on, digest_of(secret), now));
}

TEST_CASE_METHOD(store_fixture, "a request that was answered is known for a day") {
  CHECK_FALSE(find_answer(on, "r", now));
  CHECK(keep_answer(on, "r", {"digest", "answer"}, now));
  CHECK_FALSE(keep_answer(on, "r", {"other", "other"}, now));
  const auto known = find_answer(on, "r", now + 23h);
  REQUIRE(known);
  CHECK(known->digest == "digest");
  CHECK(known->answer == "answer");
  CHECK_FALSE(find_answer(on, "r", now + 25h));
  CHECK(keep_answer(on, "s", {"digest", "answer"}, now + 25h));
  CHECK(ask("select count(*) from idempotent_requests") == 1);
}

}  // namespace
}  // namespace millrace::storage::testing
