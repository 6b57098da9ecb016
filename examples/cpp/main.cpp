// A complete runtime with two handlers of its own, of which one writes into a table of its own:
// `thumbnails run --config thumbnails.ini`.
#include "app/millrace.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <utility>

using nlohmann::json;

/// A row of `thumbnails`, written in the transaction in which its job moves on: there is one for
/// each job, whatever dies.
class add_thumbnail final : public millrace::application_effect {
 public:
  explicit add_thumbnail(int width) : width_(width) {}

  void write(millrace::connection& on, millrace::job_id job, millrace::time_point) const override {
    on.session() << "insert into thumbnails (job_id, width) values (:job, :width)", soci::use(job),
        soci::use(width_);
  }

 private:
  int width_;
};

millrace::outcome fetch(const millrace::job& job, const millrace::context& at) {
  const auto asked = json::parse(job.payload, nullptr, false);
  if (!asked.contains("url"))
    return millrace::reject{"NO_URL", "the payload has no url"};
  at.progress(50, "it has a url");
  return millrace::advance{{millrace::effects::write_output{json{{"width", 1200}}.dump()}}};
}

millrace::outcome resize(const millrace::job& job, const millrace::context&) {
  const auto width = json::parse(job.output).at("width").get<int>() / 10;
  return millrace::advance{{millrace::effects::write_output{json{{"width", width}}.dump()},
                            std::make_shared<add_thumbnail>(width)}};
}

std::string schema(millrace::dialect) {
  return "create table thumbnails (job_id bigint not null, width integer not null);\n";
}

int main(int argc, char** argv) {
  millrace::application thumbnails;
  thumbnails.handlers.add("fetch", fetch);
  thumbnails.handlers.add("resize", resize);
  thumbnails.schema = schema;
  return millrace::run(argc, argv, std::move(thumbnails));
}
