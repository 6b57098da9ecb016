// A complete runtime with two handlers of its own: `thumbnails run --config thumbnails.ini`.
#include "app/millrace.hpp"

#include <nlohmann/json.hpp>

using nlohmann::json;

millrace::outcome fetch(const millrace::job& job, const millrace::context& at) {
  const auto asked = json::parse(job.payload, nullptr, false);
  if (!asked.contains("url"))
    return millrace::reject{"NO_URL", "the payload has no url"};
  at.progress(50, "it has a url");
  return millrace::advance{{millrace::effects::write_output{json{{"width", 1200}}.dump()}}};
}

millrace::outcome resize(const millrace::job& job, const millrace::context&) {
  const auto width = json::parse(job.output).at("width").get<int>();
  return millrace::advance{{millrace::effects::write_output{json{{"width", width / 10}}.dump()}}};
}

int main(int argc, char** argv) {
  millrace::registry handlers;
  handlers.add("fetch", fetch);
  handlers.add("resize", resize);
  return millrace::run(argc, argv, handlers);
}
