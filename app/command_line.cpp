#include "app/command_line.hpp"

#include "app/generate/topics.hpp"
#include "app/nearest.hpp"
#include "app/settings/option.hpp"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

#include <set>
#include <sstream>
#include <utility>

namespace millrace::app {
namespace {

namespace po = boost::program_options;

constexpr auto arguments_option = "arguments";

po::options_description declared_options(const command& of) {
  po::options_description all{"Options"};
  auto add = all.add_options();
  if (of.declare != nullptr)
    of.declare(add);
  add("config", po::value<std::string>()->value_name("FILE"),
      "read settings from this .ini file, see docs/configuration.md for others");
  add("help", "show this help");
  return all;
}

/// The settings on the command line: words like --runtime.in_flight. Whether they mean something is
/// decided where those of the other sources are.
std::set<std::string> dotted_names(const std::vector<std::string>& words) {
  std::set<std::string> names;
  for (const auto& word : words) {
    if (word == "--")
      break;
    const auto name = word.substr(0, word.find('='));
    if (name.starts_with("--") && name.find('.') != std::string::npos)
      names.insert(name.substr(2));
  }
  return names;
}

error bad_line(const command& of, std::string why, std::string next = {}) {
  const auto help = fmt::format("see `millrace {} --help`", of.name);
  return bad_usage(fmt::format("cannot run `millrace {}`", of.name), std::move(why),
                   next.empty() ? help : fmt::format("{} {}", next, help));
}

std::vector<std::string> option_names(const po::options_description& known) {
  std::vector<std::string> names;
  for (const auto& one : known.options())
    names.push_back("--" + one->long_name());
  for (const auto& one : options())
    names.push_back("--" + one.name);
  return names;
}

void check_count(const command& of, std::size_t count) {
  if (count < of.arguments_min)
    throw bad_line(of, fmt::format("{} is missing", of.arguments));
  if (count > of.arguments_max)
    throw bad_line(of, of.arguments_max == 0 ? "it takes no arguments"
                                             : fmt::format("it takes {} only", of.arguments));
}

}  // namespace

parsed_line parse_line(const command& of, const std::vector<std::string>& words) {
  const auto shown = declared_options(of);
  po::options_description accepted;
  accepted.add(shown);
  accepted.add_options()(arguments_option, po::value<std::vector<std::string>>());
  const auto settings = dotted_names(words);
  for (const auto& name : settings)
    accepted.add_options()(name.c_str(), po::value<std::vector<std::string>>());
  po::positional_options_description positions;
  positions.add(arguments_option, -1);

  parsed_line line;
  try {
    const auto style =
        po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    const auto parsed =
        po::command_line_parser{words}.options(accepted).positional(positions).style(style).run();
    for (const auto& one : parsed.options)
      if (settings.contains(one.string_key))
        line.entries.push_back({one.string_key, one.value.front(), "command line"});
    po::store(parsed, line.options);
  } catch (const po::unknown_option& bad) {
    throw bad_line(of, fmt::format("unknown option `{}`", bad.get_option_name()),
                   did_you_mean(bad.get_option_name(), option_names(shown)));
  } catch (const po::error& bad) {
    throw bad_line(of, bad.what());
  }
  line.help = line.options.count("help") > 0;
  if (line.options.count("config") > 0)
    line.config_file = line.options["config"].as<std::string>();
  if (line.options.count(arguments_option) > 0)
    line.arguments = line.options[arguments_option].as<std::vector<std::string>>();
  if (!line.help)
    check_count(of, line.arguments.size());
  return line;
}

std::vector<listed_option> list_options(const command& of) {
  std::vector<listed_option> all;
  const auto declared = declared_options(of);
  for (const auto& one : declared.options()) {
    const auto& value = *one->semantic();
    all.push_back(
        {one->long_name(), value.max_tokens() > 0 ? value.name() : "", one->description()});
  }
  return all;
}

std::string render_help(const command& of) {
  std::ostringstream text;
  text << fmt::format("{}\n\nUsage: millrace {}{}{} [options]\n\n", of.summary, of.name,
                      of.arguments.empty() ? "" : " ", of.arguments)
       << declared_options(of) << "  --SECTION.KEY VALUE   set any setting, see `millrace config`\n"
       << of.details;
  return text.str();
}

std::string render_help(const std::vector<command>& all) {
  std::string text =
      R"(millrace carries jobs through the stages of pipelines, durably. Its pipeline `ingest` makes
documents (Markdown, text, HTML, PDF) searchable.

Usage: millrace COMMAND [arguments] [options]

)";
  for (const auto& one : all)
    text += fmt::format("  {:<9} {}\n", one.name, one.summary);
  text += "\n  millrace help TOPIC:";
  for (const auto& one : topics())
    text += ' ' + one.name;
  return text + R"(
  millrace COMMAND --help shows its options and an example; millrace --version the version.

Examples:
  millrace submit ~/papers               make a job of every file in the folder
  millrace run --until-idle              work until nothing is left to do
  millrace search "what is a lease"      look for it
)";
}

}  // namespace millrace::app
