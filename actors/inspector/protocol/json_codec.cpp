#include "actors/inspector/protocol/json_codec.hpp"

#include "actors/inspector/protocol/json_fields.hpp"
#include "base/json/json_depth.hpp"
#include "base/text_line.hpp"
#include "pipeline/job.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace millrace::actors {
namespace {

using nlohmann::json;

constexpr auto request_field = "ask";
constexpr auto failure_field = "failure";

template <class T>
json write(const T& value);

struct writer_of_fields {
  json to = json::object();
  template <class T>
  void operator()(const field& at, const T& value) {
    to[at.wire] = write(value);
  }
};

template <class T>
json write(const T& value) {
  if constexpr (std::same_as<T, std::string> || std::is_arithmetic_v<T>) {
    return value;
  } else if constexpr (std::is_enum_v<T>) {
    return to_string(value);
  } else if constexpr (std::same_as<T, time_point>) {
    return to_us(value);
  } else if constexpr (is_optional<T>::value) {
    return value ? write(*value) : json();
  } else if constexpr (is_list<T>::value) {
    auto list = json::array();
    for (const auto& element : value)
      list.push_back(write(element));
    return list;
  } else {
    writer_of_fields fields;
    list_fields(fields, value);
    return std::move(fields.to);
  }
}

pipeline::job_state parse_enum(const std::string& name, pipeline::job_state) {
  if (const auto state = pipeline::parse_job_state(name))
    return *state;
  throw wire_error{"no state has the name it gives"};
}

order parse_enum(const std::string& name, order) {
  for (const auto one : all_orders)
    if (to_string(one) == name)
      return one;
  throw wire_error{"no order has the name it gives"};
}

template <class T>
T read(const json& from);

struct reader_of_fields {
  const json& from;
  template <class T>
  void operator()(const field& at, T& value) {
    if (const auto found = from.find(at.wire); found != from.end())
      value = read<T>(*found);
  }
};

/// Of a request, which names each of its fields, and nothing else.
struct reader_of_request {
  const json& from;
  std::vector<std::string_view> known{request_field};
  template <class T>
  void operator()(const field& at, T& value) {
    const auto found = from.find(at.wire);
    if (found == from.end())
      throw wire_error{fmt::format("its field \"{}\" is missing", at.wire)};
    value = read<T>(*found);
    known.emplace_back(at.wire);
  }
  void refuse_unknown() const {
    for (const auto& [name, unused] : from.items())
      if (std::find(known.begin(), known.end(), name) == known.end())
        throw wire_error{
            fmt::format("it has a field \"{}\", which its kind does not have", one_line(name, 40))};
  }
};

void require(bool is_so, const char* what) {
  if (!is_so)
    throw wire_error{fmt::format("a field is no {}", what)};
}

template <class T>
T read(const json& from) {
  if constexpr (std::same_as<T, std::string>) {
    require(from.is_string(), "text");
    return from.get<std::string>();
  } else if constexpr (std::same_as<T, bool>) {
    require(from.is_boolean(), "truth value");
    return from.get<bool>();
  } else if constexpr (std::is_integral_v<T>) {
    // What fits no int64 would wrap, and what has a fraction is nothing that we write.
    require(from.is_number_integer() &&
                (!from.is_number_unsigned() ||
                 from.get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max()),
            "number");
    const auto number = from.get<std::int64_t>();
    require(std::in_range<T>(number), "number");
    return static_cast<T>(number);
  } else if constexpr (std::is_enum_v<T>) {
    return parse_enum(read<std::string>(from), T{});
  } else if constexpr (std::same_as<T, time_point>) {
    return from_us(read<std::int64_t>(from));
  } else if constexpr (is_optional<T>::value) {
    return from.is_null() ? T{} : T{read<typename T::value_type>(from)};
  } else if constexpr (is_list<T>::value) {
    require(from.is_array(), "list");
    T list;
    for (const auto& element : from)
      list.push_back(read<typename T::value_type>(element));
    return list;
  } else {
    require(from.is_object(), "object");
    T value;
    reader_of_fields fields{from};
    list_fields(fields, value);
    return value;
  }
}

json parse(std::string_view line) {
  if (is_too_deep(line))
    throw wire_error{"it is nested too deep"};
  auto parsed = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object())
    throw wire_error{"it is no JSON object"};
  return parsed;
}

std::string line_of(const json& what) {
  return what.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
}

template <class Request>
Request read_fields(const json& from) {
  Request asked;
  reader_of_request fields{from};
  list_fields(fields, asked);
  fields.refuse_unknown();
  return asked;
}

template <std::size_t I = 0>
request read_request_named(const std::string& name, const json& from) {
  if constexpr (I == std::variant_size_v<request>) {
    throw wire_error{"unknown request"};
  } else {
    if (name == request_names[I])
      return read_fields<std::variant_alternative_t<I, request>>(from);
    return read_request_named<I + 1>(name, from);
  }
}

}  // namespace

std::string to_line(const request& asked) {
  auto line = std::visit([](const auto& fields) { return write(fields); }, asked);
  line[request_field] = request_names.at(asked.index());
  return line_of(line);
}

request read_request(std::string_view line) {
  const auto from = parse(line);
  std::string name;
  reader_of_fields{from}(request_field, name);
  return read_request_named(name, from);
}

template <class Answer>
std::string to_line(const Answer& answer) {
  return line_of(write(answer));
}

std::string failure_line(std::string_view why) { return line_of({{failure_field, why}}); }

template <class Answer>
Answer read_answer(std::string_view line) {
  const auto from = parse(line);
  if (const auto at = from.find(failure_field); at != from.end()) {
    const auto why = read<std::string>(*at);
    throw wire_error{why.empty() ? "it failed, and does not say why" : why};
  }
  return read<Answer>(from);
}

#define MILLRACE_ANSWER(type)                \
  template std::string to_line(const type&); \
  template type read_answer(std::string_view);
MILLRACE_ANSWER(runtime_view)
MILLRACE_ANSWER(actors_view)
MILLRACE_ANSWER(stages_view)
MILLRACE_ANSWER(health_view)
MILLRACE_ANSWER(runtimes_view)
MILLRACE_ANSWER(services_view)
MILLRACE_ANSWER(jobs_view)
MILLRACE_ANSWER(job_view)
MILLRACE_ANSWER(events_view)
MILLRACE_ANSWER(order_answer)
MILLRACE_ANSWER(sent_back_view)
#undef MILLRACE_ANSWER

}  // namespace millrace::actors
