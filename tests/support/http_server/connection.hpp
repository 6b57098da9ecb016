#pragma once

#include "tests/support/http_server/behaviour.hpp"

namespace millrace::tests::http_server {

/// Answers the requests of one connection until it ends, and closes it.
void serve(int client, director& script);

}  // namespace millrace::tests::http_server
