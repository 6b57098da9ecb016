#pragma once

#include "base/time.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// How the fields of a job are written on the command line, in a file of jobs, over HTTP and in the
/// answer of a handler. All throw bad_field.
namespace millrace::pipeline {

/// A field that cannot be used; what() says why.
class bad_field : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A moment ("2026-12-01T08:00Z"), or one from now on ("+10m").
time_point read_when(std::string_view text, time_point now);

/// A JSON document that both databases can keep.
std::string read_payload(std::string_view text);

/// A unique key, tenant, tag or correlation id, which `what` names: a text in one line, not empty
/// and of 200 bytes at most.
std::string read_label(std::string_view what, std::string_view text);

/// A `traceparent` of W3C Trace Context, in version 00.
std::string read_traceparent(std::string_view text);

/// The value as a whole number of 32 bits, if it is one.
std::optional<int> small_number(const nlohmann::json& value);

/// The value of a member that must be a text, or such a number.
const std::string& text_field(std::string_view name, const nlohmann::json& value);
int priority_field(const nlohmann::json& value);

/// Adds a tag unless it is there.
void add_tag(std::vector<std::string>& to, std::string_view tag);

}  // namespace millrace::pipeline
