#include "app/installation.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/os/find_program.hpp"
#include "ingest/parse/parser_process.hpp"
#include "ingest/store/blob_store.hpp"

#include <fmt/format.h>

#include <set>
#include <string>
#include <utility>

namespace millrace::app {
namespace {

class installation {
 public:
  installation(const settings& values, std::shared_ptr<const ingest::service_directory> services,
               std::shared_ptr<pipeline::troubles> troubles, const clock& time)
      : parser_{values.ingest.parser},
        parses_here_{values.parser.mode != service_mode::remote ||
                     values.parser.files != remote_files::all},
        blobs_{values.blob_dir},
        services_{std::move(services)},
        troubles_{std::move(troubles)},
        time_{time} {}

  void check() {
    if (parses_here_) {
      const auto helper = ingest::helper_path(parser_);
      look_for(helper, "HTML files and PDFs cannot be parsed", "install it beside millrace");
      for (const auto* tool : {"pdfinfo", "pdftotext"})
        look_for(tool, "PDFs cannot be parsed", "install poppler-utils");
      if (!has_told_sandbox_ && is_program(helper))
        tell_sandbox();
    }
    std::string why;
    try {
      blobs_.check();
    } catch (const millrace::error& bad) {
      why = fmt::format("{} ({})", bad.why(), bad.next());
    }
    found("the folder storage.blob_dir", std::move(why), true);
  }

 private:
  void look_for(const std::string& program, std::string_view consequence, std::string_view next) {
    found("the program " + program,
          is_program(program)
              ? std::string{}
              : fmt::format("it is missing or cannot be run: {} ({})", consequence, next),
          services_->parsers_wanted());
  }

  /// Once: the kernel stays.
  void tell_sandbox() {
    has_told_sandbox_ = true;
    const auto parts = ingest::ask_for_sandbox(parser_);
    if (!parts)
      return log_event(log_level::warning, "PARSER_SANDBOX",
                       {{"missing", "the helper does not say which parts it has"}});
    log_event(parts->missing.empty() ? log_level::info : log_level::warning, "PARSER_SANDBOX",
              {{"active", parts->active}, {"missing", parts->missing}});
  }

  /// Nothing is wrong where `why` is empty.
  void found(const std::string& what, std::string why, bool is_needed) {
    if (why.empty()) {
      if (missing_.erase(what) > 0)
        troubles_->clear(what);
      return;
    }
    if (missing_.insert(what).second)
      log_event(log_level::warning, "INSTALLATION_INCOMPLETE", {{"what", what}, {"why", why}});
    if (is_needed)
      troubles_->set(what, std::move(why), time_.now());
  }

  const ingest::parser_settings parser_;
  const bool parses_here_;
  const ingest::blob_store blobs_;
  const std::shared_ptr<const ingest::service_directory> services_;
  const std::shared_ptr<pipeline::troubles> troubles_;
  const clock& time_;
  /// What was missing when it was last looked for.
  std::set<std::string> missing_;
  bool has_told_sandbox_ = false;
};

}  // namespace

std::function<void()> make_installation_check(
    const settings& values, std::shared_ptr<const ingest::service_directory> services,
    std::shared_ptr<pipeline::troubles> troubles, const clock& time) {
  const auto made =
      std::make_shared<installation>(values, std::move(services), std::move(troubles), time);
  return [made] { made->check(); };
}

}  // namespace millrace::app
