#include "benchmarks/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace millrace::benchmarks {
namespace {

/// In a string of gnuplot's.
std::string quote(const std::string& text) {
  std::string quoted{"'"};
  for (const char c : text) {
    quoted += c;
    if (c == '\'')
      quoted += c;
  }
  return quoted + "'";
}

std::vector<std::string> units_of(const report& what) {
  std::vector<std::string> units;
  for (const auto& one : what.figures)
    if (std::find(units.begin(), units.end(), one.unit) == units.end())
      units.push_back(one.unit);
  return units;
}

/// The figures of one unit: a bar each, with its spread.
std::string picture_of(const report& what, const std::string& unit) {
  std::string rows;
  std::string labels;
  int n = 0;
  for (const auto& one : what.figures) {
    if (one.unit != unit)
      continue;
    rows += fmt::format("{} {} {} {}\n", n, one.runs.median(), one.runs.low(), one.runs.high());
    labels += fmt::format("{}{} {}", n > 0 ? ", " : "", quote(one.name), n);
    ++n;
  }
  return fmt::format(
      "$data << end\n{}end\nset ylabel {}\nset yrange [0:*]\nset xrange [-0.6:{}]\n"
      "set xtics rotate by -20 ({})\nplot $data using 1:2 with boxes notitle, "
      "$data using 1:2:3:4 with yerrorbars notitle\n",
      rows, quote(unit.empty() ? "ratio" : unit), n - 0.4, labels);
}

}  // namespace

void plot(const report& what, const std::filesystem::path& file) {
  const auto ending = file.extension();
  if (ending != ".svg" && ending != ".png")
    throw std::runtime_error{"--plot wants a file that ends in .svg or .png"};
  const auto units = units_of(what);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> gnuplot{popen("gnuplot", "w"), pclose};
  if (!gnuplot)
    throw std::runtime_error{"gnuplot cannot be started"};
  auto script = fmt::format(
      "set terminal {} size 1000,{}\nset output {}\nset style fill solid 0.5\nset boxwidth 0.6\n"
      "set multiplot layout {},1 title {}\n",
      ending == ".svg" ? "svg" : "png", 340 * units.size(), quote(file.string()), units.size(),
      quote(what.title + "\\n" + what.machine));
  for (const auto& unit : units)
    script += picture_of(what, unit);
  script += "unset multiplot\n";
  std::fwrite(script.data(), 1, script.size(), gnuplot.get());
  std::fflush(gnuplot.get());
}

}  // namespace millrace::benchmarks
