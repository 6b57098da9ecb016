#pragma once

#include "app/terminal/terminal.hpp"
#include "ingest/search/explain_search.hpp"

#include <string>
#include <vector>

namespace millrace::app {

void print_explanation(const ingest::search_explanation& why, style as);

std::string to_json(const std::vector<ingest::search_explanation>& all);

}  // namespace millrace::app
