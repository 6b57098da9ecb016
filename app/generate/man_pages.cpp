#include "app/generate/man_pages.hpp"

#include "app/command_line.hpp"
#include "app/generate/topics.hpp"
#include "app/settings/option.hpp"
#include "app/version.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <fmt/format.h>

#include <sstream>
#include <string_view>

namespace millrace::app {
namespace {

/// Text of which roff takes no sign for an order.
std::string plain(std::string_view text) {
  std::string out;
  if (!text.empty() && (text.front() == '.' || text.front() == '\''))
    out += "\\&";
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  return out;
}

/// Lines as they are.
std::string verbatim(const std::string& lines) {
  return lines.empty() ? "" : fmt::format(".PP\n.EX\n{}.EE\n", lines);
}

/// The end of a help: sentences, indented lines as they are, and `Examples:`, which is a section.
std::string body(const std::string& text) {
  std::string out;
  std::string as_it_is;
  bool gap = false;
  const auto flush = [&] {
    out += verbatim(as_it_is);
    as_it_is.clear();
  };
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(' ')) {
      as_it_is += plain(line) + '\n';
      gap = false;
      continue;
    }
    if (!line.empty())
      flush();
    if (line == "Examples:" || line == "Example:")
      out += ".SH EXAMPLES\n";
    else if (!line.empty())
      out += (gap ? ".PP\n" : "") + plain(line) + '\n';
    gap = line.empty() || line.ends_with(':');
  }
  flush();
  return out;
}

std::string head(const std::string& name, int section, const std::string& sentence) {
  auto summary = sentence;
  if (summary.ends_with('.'))
    summary.pop_back();
  return fmt::format(".TH {0} {1} \"\" \"millrace {2}\" \"millrace\"\n.SH NAME\n{3} \\- {4}\n",
                     plain(boost::to_upper_copy(name)), section, version(), plain(name),
                     plain(summary));
}

std::string tagged(const std::string& tag, const std::string& text) {
  return fmt::format(".TP\n{}\n{}\n", tag, plain(text));
}

std::string options_section(const command& of) {
  std::string out = ".SH OPTIONS\n";
  for (const auto& one : list_options(of))
    out +=
        tagged(fmt::format("\\fB{}\\fR{}", plain("--" + one.name),
                           one.value.empty() ? "" : fmt::format(" \\fI{}\\fR", plain(one.value))),
               one.help);
  return out +
         tagged("\\fB\\-\\-SECTION.KEY\\fR \\fIVALUE\\fR", "set any setting, see millrace.ini(5)");
}

std::string command_page(const command& of) {
  return head("millrace-" + of.name, 1, of.summary) +
         fmt::format(".SH SYNOPSIS\n.B millrace {}\n{}[options]\n.SH DESCRIPTION\n{}\n",
                     plain(of.name), of.arguments.empty() ? "" : plain(of.arguments) + " ",
                     plain(of.summary)) +
         options_section(of) + ".SH NOTES\n" + body(of.details) +
         ".SH SEE ALSO\n.BR millrace (1),\n.BR millrace.ini (5)\n";
}

std::string main_page(const std::vector<command>& all) {
  auto out = head("millrace", 1, "durable staged job runtime that makes documents searchable") +
             ".SH SYNOPSIS\n.B millrace\nCOMMAND [arguments] [options]\n.SH DESCRIPTION\n"
             "millrace carries jobs through the stages of pipelines, durably. Its pipeline ingest\n"
             "makes documents searchable.\n.SH COMMANDS\n";
  for (const auto& one : all)
    out += tagged(fmt::format("\\fBmillrace\\-{}\\fR(1)", plain(one.name)), one.summary);
  for (const auto& one : topics())
    if (one.name != "settings")
      out += fmt::format(".SH {}\n{}", plain(boost::to_upper_copy(one.name)), body(one.text()));
  return out + ".SH SEE ALSO\n.BR millrace.ini (5)\n";
}

template <class Target>
std::string settings_section(const std::string& title, const std::string& prefix,
                             const std::vector<option_of<Target>>& all) {
  auto out = fmt::format(".SH {}\n", title);
  for (const auto& one : all)
    out += tagged(fmt::format("\\fB{}\\fR", plain(prefix + one.name)),
                  fmt::format("{} Allowed: {}. Default: {}.", one.help, one.allowed,
                              one.default_text().empty() ? "nothing" : one.default_text()));
  return out;
}

std::string settings_page() {
  return head("millrace.ini", 5, "settings of millrace") +
         ".SH DESCRIPTION\nLines key = value in sections; the section and the key make the name of "
         "a setting.\nmillrace config shows what is in effect, and millrace config \\-\\-check "
         "what "
         "is wrong.\n" +
         settings_section("SETTINGS", "", options()) +
         settings_section("PIPELINES", "pipeline.NAME.", pipeline_options()) +
         settings_section("STAGES", "stage.PIPELINE.STAGE.", stage_options()) +
         settings_section("SCHEDULES", "schedule.NAME.", schedule_options()) +
         settings_section("TENANTS", "tenant.NAME.", tenant_options()) +
         ".SH SEE ALSO\n.BR millrace (1)\n";
}

}  // namespace

std::vector<std::string> man_page_names(const std::vector<command>& all) {
  std::vector<std::string> names{"millrace.1", "millrace.ini.5"};
  for (const auto& one : all)
    names.push_back(fmt::format("millrace-{}.1", one.name));
  return names;
}

std::string man_page(const std::string& name, const std::vector<command>& all) {
  if (name == "millrace.ini.5")
    return settings_page();
  for (const auto& one : all)
    if (name == fmt::format("millrace-{}.1", one.name))
      return command_page(one);
  return main_page(all);
}

}  // namespace millrace::app
