#include "app/api/routes/routes.hpp"
#include "app/commands/submit/submit_files.hpp"
#include "ingest/files/identify_file.hpp"
#include "ingest/files/media_type.hpp"
#include "ingest/ids.hpp"
#include "ingest/store/blob_store.hpp"
#include "ingest/upload.hpp"
#include "net/http/multipart.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::app::api {
namespace {

constexpr std::size_t most_files = 1000;

/// A file that can be taken in, and where its bytes will lie.
struct received_file {
  ingest::upload what;
  /// Of the request.
  std::string_view bytes;
};

problem no_form(const std::string& why) {
  return {400, "FORM_INVALID", "nothing was submitted", why,
          "send multipart/form-data with one or more parts named `file`, each with its file name"};
}

template <class Identified>
auto accept(const std::string& name, std::variant<Identified, pipeline::reject> found) {
  if (const auto* refused = std::get_if<pipeline::reject>(&found)) {
    const bool is_named = name.empty() || refused->why.starts_with(name);
    throw problem{422, refused->code, "nothing was submitted",
                  is_named ? refused->why : fmt::format("{}: {}", name, refused->why),
                  "leave the file out, or mend it, and send the request again"};
  }
  return std::get<Identified>(std::move(found));
}

received_file receive(const net::form_part& part, const std::string& owner,
                      const ingest::intake_settings& settings) {
  auto file = accept(part.file_name,
                     ingest::identify_bytes(part.file_name, std::string{part.bytes}, settings));
  const auto type = accept(part.file_name, ingest::media_type_of(file.bytes, file.name));
  ingest::upload what;
  what.owner = owner;
  what.document_id = ingest::document_id(owner, file.sha256);
  what.sha256 = std::move(file.sha256);
  what.blob = ingest::raw_uri(owner, what.document_id, type);
  what.name = std::move(file.name);
  return {std::move(what), part.bytes};
}

std::vector<received_file> receive_all(const call& in, const std::string& owner) {
  std::vector<received_file> files;
  try {
    for (const auto& part :
         net::parse_form(in.asked().header("content-type"), in.asked().body, most_files)) {
      if (part.name != "file")
        throw no_form(fmt::format("the form has a part named `{}`", part.name));
      // So says a browser that no file was chosen.
      if (!part.file_name.empty() || !part.bytes.empty())
        files.push_back(receive(part, owner, in.around().config.values.ingest.intake));
    }
  } catch (const net::form_error& wrong) {
    throw no_form(wrong.what());
  }
  if (files.empty())
    throw no_form("the form has no file");
  return files;
}

std::string owner_of(const call& in) {
  auto owner = in.bound("owner", in.holder().owner);
  if (owner.empty())
    return in.around().config.values.owner;
  if (!ingest::is_owner(owner))
    throw bad_request(fmt::format("`{}` is no owner's name", owner),
                      "use 1 to 64 of a-z 0-9 _ . -");
  return owner;
}

}  // namespace

response upload_documents(call& in) {
  require_documents(in);
  find_visible_pipeline(in, "ingest");
  const auto& values = in.around().config.values;
  auto files = receive_all(in, owner_of(in));
  return in.with_database([&](storage::connection& on) {
    intake jobs{
        on,
        in.around().pipelines,
        values,
        in.around().time,
        {.priority = static_cast<int>(in.number("priority", 0)), .traceparent = traceparent_of(in)},
        /*wait=*/false};
    // What is refused leaves no bytes.
    if (const auto full = jobs.lacks_room(files.size()))
      throw queue_full(*full);
    ingest::blob_store blobs{values.blob_dir};
    std::vector<ingest::upload> all;
    for (auto& [what, bytes] : files) {
      blobs.put(what.blob, bytes);
      all.push_back(std::move(what));
    }
    auto answer = jobs.submit_uploads(std::move(all));
    if (const auto* full = std::get_if<storage::queue_is_full>(&answer))
      throw queue_full(*full);
    return view_response(upload_list{std::get<std::vector<submitted>>(std::move(answer))}, 201);
  });
}

}  // namespace millrace::app::api
