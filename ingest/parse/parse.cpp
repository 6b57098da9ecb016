#include "ingest/parse/parse.hpp"

#include "base/digest.hpp"
#include "ingest/document/wire.hpp"
#include "ingest/document_of.hpp"
#include "ingest/document_text.hpp"
#include "ingest/effects.hpp"
#include "ingest/parse/reader_parser.hpp"
#include "ingest/parse/remote_parser.hpp"
#include "ingest/readers/markdown_tree.hpp"
#include "ingest/upload.hpp"
#include "pipeline/api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace millrace::ingest {
namespace {

advance store_made(const document& doc, rendered&& made, std::string parser, blobs& store) {
  auto uri = fmt::format("storage://parsed/{}/{}.txt", doc.owner, doc.id);
  put_text(store, uri, made);
  advance done;
  done.effects.push_back(
      make_effect(effects::record_parsed{doc.id, std::move(parser), std::move(uri),
                                         std::move(made.about), warnings_to_json(made.warnings)}));
  return done;
}

outcome store_text(const document& doc, rendered&& made, std::string parser, blobs& store) {
  if (made.text.empty())
    return reject{std::string{codes::PARSE_EMPTY}, "the document has no text after parsing"};
  return store_made(doc, std::move(made), std::move(parser), store);
}

/// The limits of a file that holds others: the settings', or its share of the outermost one's.
unpack_limits limits_of(const upload& from, const member_rules& rules) {
  unpack_limits limits{.members = rules.unpack.max_members,
                       .member_bytes = rules.intake.max_file_size,
                       .bytes = rules.unpack.max_bytes};
  if (const auto& in = from.member) {
    limits.members = std::min(limits.members, in->max_members);
    limits.bytes = std::min(limits.bytes, in->max_bytes);
  }
  return limits;
}

outcome unpack_here(const job& job, const document& doc, const std::string& file,
                    const unpacker& with, const context& at, blobs& store, documents& known,
                    const member_rules& rules) {
  auto parsed = parse_upload(job.payload);
  if (auto* wrong = std::get_if<reject>(&parsed))
    return std::move(*wrong);
  const auto& from = std::get<upload>(parsed);
  const auto limits = limits_of(from, rules);
  auto result = with.unpack(file, doc.name, limits, at);
  if (auto* wrong = std::get_if<reject>(&result))
    return std::move(*wrong);
  if (auto* failed = std::get_if<retry>(&result))
    return std::move(*failed);
  if (auto* later = std::get_if<snooze>(&result))
    return std::move(*later);
  auto& unpacked = std::get<unpacked_file>(result);
  auto made = make_members({doc, from, limits}, unpacked, rules, known, store, at);
  if (!made)
    return retry{std::string{codes::PARSER_FAILED}, "unpacking was stopped", std::nullopt};
  const bool has_text = !unpacked.text.text.empty();
  if (!has_text && made->children.empty())
    return reject{std::string{codes::PARSE_EMPTY},
                  made->warning ? made->warning->message : "the file holds no files"};
  if (made->warning)
    unpacked.text.warnings.push_back(*std::move(made->warning));
  auto done = store_made(doc, std::move(unpacked.text), with.name(), store);
  if (!made->children.empty())
    done.effects.emplace_back(pipeline::effects::make_children{std::move(made->children)});
  if (!has_text)
    done.to = "embedded";
  return done;
}

/// The text of Markdown that a service made.
parse_result read_answer(std::string_view text) {
  return render_read(read_markdown({text, {}}), std::numeric_limits<std::int64_t>::max());
}

outcome parse_here(const document& doc, const std::string& file, const context& at, blobs& store,
                   const service_directory& services) {
  const auto chosen = services.parser_for(doc.media_type);
  if (!chosen)
    return retry{std::string{codes::PARSER_FAILED},
                 fmt::format("there is no parser for {} now", doc.media_type), std::nullopt};
  auto result = chosen->parse(file, doc.name, at);
  if (auto* wrong = std::get_if<reject>(&result))
    return std::move(*wrong);
  if (auto* failed = std::get_if<retry>(&result))
    return std::move(*failed);
  if (auto* later = std::get_if<snooze>(&result))
    return std::move(*later);
  return store_text(doc, std::get<rendered>(std::move(result)), chosen->name(), store);
}

/// The outcome, which also keeps in the job's output which file is in the hands of the service.
outcome keeping(outcome what, const job& job, const std::optional<remote_job>& known) {
  if (remote_job_in(job.output) != known)
    std::visit(
        [&](auto& one) {
          one.effects.emplace_back(effects::write_output{with_remote_job(job.output, known)});
        },
        what);
  return what;
}

outcome parse_elsewhere(const job& job, const document& doc, const std::string& file,
                        const context& at, blobs& store, const service_directory& services,
                        const remote_parser& with) {
  auto step = with.next(job, doc, file, remote_job_in(job.output), at);
  if (step.is_out && with.may_be_replaced()) {
    auto here = parse_here(doc, file, at, store, services);
    // What cannot be parsed here waits for the service.
    if (std::holds_alternative<advance>(here))
      return keeping(std::move(here), job, std::nullopt);
  }
  if (const auto* text = std::get_if<std::string>(&step.became)) {
    auto read = read_answer(*text);
    auto* unread = std::get_if<reject>(&read);
    return keeping(unread != nullptr
                       ? outcome{std::move(*unread)}
                       : store_text(doc, std::get<rendered>(std::move(read)), with.name(), store),
                   job, std::nullopt);
  }
  if (auto* refused = std::get_if<reject>(&step.became))
    return keeping(std::move(*refused), job, step.known);
  if (auto* failed = std::get_if<retry>(&step.became))
    return keeping(std::move(*failed), job, step.known);
  return keeping(std::move(std::get<snooze>(step.became)), job, step.known);
}

}  // namespace

outcome accept_text(const job& job, documents& known, blobs& store) {
  auto found = find_document(job, known);
  if (auto* wrong = std::get_if<reject>(&found))
    return std::move(*wrong);
  const auto& doc = std::get<document>(found);
  auto text = store.get(doc.parsed_uri);
  if (!text)
    return reject{std::string{codes::BLOB_MISSING},
                  fmt::format("the text of document {} is not in the data directory", doc.id)};
  auto digest = sha256_hex(*text);
  if (!stored_outline(store, doc.parsed_uri, *text, digest)) {
    auto read = read_answer(*text);
    if (auto* wrong = std::get_if<reject>(&read))
      return std::move(*wrong);
    auto& made = std::get<rendered>(read);
    if (made.text.empty())
      return reject{std::string{codes::PARSE_EMPTY}, "the document has no text after parsing"};
    put_text(store, doc.parsed_uri, made);
    digest = sha256_hex(made.text);
  }
  advance done;
  done.effects.push_back(make_effect(effects::record_normalised{doc.id, std::move(digest)}));
  return done;
}

outcome parse_document(const job& job, const context& at, documents& known, blobs& store,
                       const service_directory& services, const member_rules& members) {
  auto found = find_document(job, known);
  if (auto* wrong = std::get_if<reject>(&found))
    return std::move(*wrong);
  const auto& doc = std::get<document>(found);
  const auto file = store.path(doc.raw_uri);
  if (!store.has(doc.raw_uri))
    return reject{std::string{codes::BLOB_MISSING},
                  fmt::format("{} is not in the data directory", doc.raw_uri)};
  if (const auto holding = services.unpacker_for(doc.media_type))
    return unpack_here(job, doc, file, *holding, at, store, known, members);
  const auto remote = services.remote_parser();
  if (remote && remote->takes(doc.media_type))
    return parse_elsewhere(job, doc, file, at, store, services, *remote);
  return parse_here(doc, file, at, store, services);
}

}  // namespace millrace::ingest
