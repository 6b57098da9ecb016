#include "ingest/parse/members.hpp"

#include "base/text_line.hpp"
#include "ingest/files/identify_file.hpp"
#include "ingest/files/media_type.hpp"
#include "ingest/ids.hpp"
#include "ingest/readers/containers.hpp"
#include "pipeline/api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace millrace::ingest {
namespace {

/// A member that becomes a job.
struct sorted_member {
  const unpacked_file::member* what;
  upload from;
  bool holds_others;
};

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

int depth_of(const upload& from) { return from.member ? from.member->depth : 0; }

/// The member as an upload, or why it cannot be one.
std::variant<sorted_member, reject> sort_member(const unpacked_file::member& one,
                                                const holding_file& in, const member_rules& rules) {
  auto identified =
      identify_bytes(std::string{base_name(one.path)}, std::string{one.bytes}, rules.intake);
  if (auto* wrong = std::get_if<reject>(&identified))
    return std::move(*wrong);
  auto& file = std::get<identified_file>(identified);
  auto typed = media_type_of(file.bytes, file.name);
  if (auto* wrong = std::get_if<reject>(&typed))
    return std::move(*wrong);
  const auto& type = std::get<std::string>(typed);
  const bool holds_others = is_container(type);
  const int depth = depth_of(in.from) + 1;
  if (holds_others && depth >= rules.unpack.max_depth)
    return reject{std::string{codes::FILE_TOO_DEEP}, "it lies in too many files"};
  // What the submitter said of the file holds for its members.
  auto from = in.from;
  from.path.clear();
  from.seal.clear();
  // It would look for the member among its own files.
  from.source.clear();
  from.first_job = 0;
  from.document_id = document_id(from.owner, file.sha256);
  from.sha256 = std::move(file.sha256);
  from.blob = raw_uri(from.owner, from.document_id, type);
  from.name = std::move(file.name);
  from.member = member_place{.source = fmt::format("{}!/{}", in.file.source_path, one.path),
                             .depth = depth,
                             .max_members = 0,
                             .max_bytes = 0};
  return sorted_member{&one, std::move(from), holds_others};
}

/// The job that was given the same bytes before. A file that holds others waits for none: that
/// could be a job which waits for its members.
std::int64_t first_job_of(const sorted_member& one, documents& known) {
  if (one.holds_others)
    return 0;
  const auto found = known.find(one.from.document_id);
  return found && known.fate_of(found->job_id) != job_fate::failed ? found->job_id : 0;
}

/// Gives the members that hold others their shares of the limits.
void share_limits(std::vector<sorted_member>& all, const unpack_limits& limits) {
  constexpr std::int64_t fewest_members = 100;
  double together = 0;
  for (const auto& one : all)
    if (one.holds_others)
      together += static_cast<double>(one.what->bytes.size());
  for (auto& one : all) {
    if (!one.holds_others)
      continue;
    const auto part = static_cast<double>(one.what->bytes.size()) / together;
    const auto share = [&](std::int64_t of) {
      return static_cast<std::int64_t>(static_cast<double>(of) * part);
    };
    one.from.member->max_members =
        std::min(limits.members, std::max(share(limits.members), fewest_members));
    one.from.member->max_bytes = share(limits.bytes);
  }
}

/// A warning with the first of what is left out.
class left_out_report {
 public:
  explicit left_out_report(const unpacked_file& unpacked)
      : left_out_(unpacked.left_out), count_(unpacked.left_out_count) {}

  void add(const std::string& path, std::string code) {
    left_out_.push_back({path, std::move(code)});
    ++count_;
  }

  std::optional<tree::warning> warning(std::string_view media_type) const {
    constexpr std::size_t most_named = 5;
    if (count_ == 0)
      return std::nullopt;
    const bool is_mail = media_type == eml || media_type == mbox;
    std::string names;
    for (std::size_t i = 0; i < left_out_.size() && i < most_named; ++i)
      names += fmt::format("{}{} ({})", i > 0 ? ", " : "", shortened(left_out_[i].path),
                           left_out_[i].code);
    if (count_ > most_named)
      names += fmt::format(" and {} more", count_ - most_named);
    return tree::warning{
        is_mail ? "ATTACHMENTS_LEFT_OUT" : "MEMBERS_LEFT_OUT",
        fmt::format("{} are left out: {}", is_mail ? "attachments" : "members", names),
        static_cast<std::int64_t>(count_)};
  }

 private:
  static std::string shortened(const std::string& path) { return one_line(path, 60); }

  std::vector<tree::left_out> left_out_;
  std::size_t count_;
};

}  // namespace

std::optional<member_jobs> make_members(const holding_file& in, const unpacked_file& unpacked,
                                        const member_rules& rules, documents& known, blobs& store,
                                        const context& at) {
  left_out_report report{unpacked};
  std::vector<sorted_member> all;
  for (const auto& one : unpacked.members) {
    if (at.stop.stop_requested())
      return std::nullopt;
    auto sorted = sort_member(one, in, rules);
    if (auto* wrong = std::get_if<reject>(&sorted))
      report.add(one.path, std::move(wrong->code));
    else
      all.push_back(std::get<sorted_member>(std::move(sorted)));
  }
  share_limits(all, in.limits);
  member_jobs made;
  for (auto& one : all) {
    if (at.stop.stop_requested())
      return std::nullopt;
    // Its name is made of its bytes, and it is there whole or not at all.
    if (!store.has(one.from.blob))
      store.put(one.from.blob, one.what->bytes);
    one.from.first_job = first_job_of(one, known);
    if (rules.seal != nullptr)
      one.from.seal = rules.seal->of(one.from);
    made.children.push_back({.pipeline = "ingest", .payload = to_json(one.from), .priority = {}});
  }
  made.warning = report.warning(in.file.media_type);
  return made;
}

}  // namespace millrace::ingest
