#include "ingest/formats/sheet/number_format.hpp"

#include "base/unicode/ascii.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <vector>

namespace millrace::ingest::formats {
namespace {

/// A letter with its repetitions ("yyyy"), or what is shown as it is.
struct token {
  char letter = 0;
  std::size_t count = 0;
  std::string literal{};
};

/// The part of a format for a number of that sign.
std::string_view section(std::string_view format, double value) {
  std::vector<std::string_view> found;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= format.size(); ++i) {
    if (i < format.size() && format[i] == '"')
      quoted = !quoted;
    if (i == format.size() || (format[i] == ';' && !quoted)) {
      found.push_back(format.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  if (value < 0 && found.size() > 1)
    return found[1];
  if (value == 0 && found.size() > 2)
    return found[2];
  return found[0];
}

void read_bracket(std::string_view inside, std::vector<token>& to) {
  // [h] counts on beyond a day; [$€-407] is a currency; others are colours and conditions.
  if (!inside.empty() && inside.find_first_not_of("hHmMsS") == std::string_view::npos)
    to.push_back({static_cast<char>(ascii_lower(inside[0]) - 'a' + 'A'), inside.size(), {}});
  else if (inside.starts_with('$'))
    to.push_back({0, 0, std::string{inside.substr(1, inside.find('-') - 1)}});
}

std::vector<token> tokens_of(std::string_view format) {
  std::vector<token> found;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char c = format[i];
    if (c == '"') {
      const auto end = std::min(format.find('"', i + 1), format.size());
      found.push_back({0, 0, std::string{format.substr(i + 1, end - i - 1)}});
      i = end;
    } else if (c == '[') {
      const auto end = std::min(format.find(']', i), format.size());
      read_bracket(format.substr(i + 1, end - i - 1), found);
      i = end;
    } else if (c == '\\' && i + 1 < format.size()) {
      found.push_back({0, 0, std::string(1, format[++i])});
    } else if (c == '_' || c == '*') {
      ++i;
    } else if (format.substr(i, 5) == "AM/PM" || format.substr(i, 5) == "am/pm") {
      found.push_back({'a', 1, {}});
      i += 4;
    } else if (const char low = ascii_lower(c);
               std::string_view{"ymdhs"}.find(low) != std::string_view::npos) {
      if (!found.empty() && found.back().letter == low)
        ++found.back().count;
      else
        found.push_back({low, 1, {}});
    } else if (std::string_view{"0#?.,%Ee@"}.find(c) != std::string_view::npos) {
      if (!found.empty() && found.back().letter == '0')
        found.back().literal += c;
      else
        found.push_back({'0', 1, std::string(1, c)});
    } else {
      found.push_back({0, 0, std::string(1, c)});
    }
  }
  return found;
}

struct moment {
  std::chrono::year_month_day day;
  std::chrono::weekday weekday;
  long seconds = 0;
  double days = 0;
};

moment moment_of(double value, bool is_1904) {
  using namespace std::chrono;
  const double whole = std::floor(value);
  auto seconds = std::lround((value - whole) * 86'400);
  auto days = static_cast<int>(whole);
  if (seconds == 86'400) {
    seconds = 0;
    ++days;
  }
  // Day 60 is the 29th of February 1900, which never was.
  const sys_days epoch = is_1904     ? sys_days{year{1904} / 1 / 1}
                         : days < 60 ? sys_days{year{1899} / 12 / 31}
                                     : sys_days{year{1899} / 12 / 30};
  const sys_days at = epoch + std::chrono::days{days};
  return {year_month_day{at}, weekday{at}, seconds, value};
}

std::string shown_month(unsigned month, std::size_t width) {
  constexpr std::array names{"January", "February", "March",     "April",   "May",      "June",
                             "July",    "August",   "September", "October", "November", "December"};
  const std::string name = names[month - 1];
  return width >= 4 ? name : width == 3 ? name.substr(0, 3) : fmt::format("{:0{}}", month, width);
}

std::string shown_day(const moment& at, std::size_t width) {
  constexpr std::array names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                             "Thursday", "Friday", "Saturday"};
  const std::string name = names[at.weekday.c_encoding()];
  return width >= 4   ? name
         : width == 3 ? name.substr(0, 3)
                      : fmt::format("{:0{}}", static_cast<unsigned>(at.day.day()), width);
}

std::string shown_date(double value, const std::vector<token>& tokens, bool is_1904) {
  const auto at = moment_of(value, is_1904);
  bool has_half = false;
  for (const auto& one : tokens)
    has_half = has_half || one.letter == 'a';
  std::string out;
  char last = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto& one = tokens[i];
    const auto width = std::min<std::size_t>(one.count, 2);
    const long hour = at.seconds / 3'600;
    char following = 0;
    for (std::size_t j = i + 1; j < tokens.size() && following == 0; ++j)
      following = tokens[j].letter == '0' ? '\0' : tokens[j].letter;
    const bool is_minute = one.letter == 'm' && (last == 'h' || last == 'H' || following == 's');
    if (one.letter == 'y')
      out += one.count > 2 ? fmt::format("{:04}", static_cast<int>(at.day.year()))
                           : fmt::format("{:02}", static_cast<int>(at.day.year()) % 100);
    else if (is_minute)
      out += fmt::format("{:0{}}", at.seconds / 60 % 60, width);
    else if (one.letter == 'm')
      out += shown_month(static_cast<unsigned>(at.day.month()), one.count);
    else if (one.letter == 'd')
      out += shown_day(at, one.count);
    else if (one.letter == 'h')
      out += fmt::format("{:0{}}", has_half ? (hour + 11) % 12 + 1 : hour, width);
    else if (one.letter == 's')
      out += fmt::format("{:0{}}", at.seconds % 60, width);
    else if (one.letter == 'a')
      out += hour < 12 ? "AM" : "PM";
    else if (one.letter == 'H' || one.letter == 'M' || one.letter == 'S')
      out += fmt::format("{:0{}}",
                         std::llround(at.days * 86'400) / (one.letter == 'H'   ? 3'600
                                                           : one.letter == 'M' ? 60
                                                                               : 1),
                         width);
    else if (one.letter == 0 || one.literal == "." || one.literal == ",")
      out += one.literal;
    if (one.letter != 0 && one.letter != '0')
      last = one.letter;
  }
  return out;
}

std::string shown_digits(double value, std::string_view digits) {
  const auto dot = digits.find('.');
  std::size_t fixed = 0;
  std::size_t most = 0;
  if (dot != std::string_view::npos)
    for (const char c : digits.substr(dot + 1)) {
      if (c != '0' && c != '#' && c != '?')
        break;
      ++most;
      fixed += c == '0';
    }
  const bool percent = digits.find('%') != std::string_view::npos;
  most = std::min<std::size_t>(most, 30);
  auto out = digits.find_first_of("Ee") != std::string_view::npos
                 ? fmt::format("{:.{}E}", value, most)
                 : fmt::format("{:.{}f}", std::fabs(percent ? value * 100 : value), most);
  if (digits.find_first_of("Ee") != std::string_view::npos)
    return out;
  for (; most > fixed && out.ends_with('0'); --most)
    out.pop_back();
  if (out.ends_with('.'))
    out.pop_back();
  const auto comma = digits.substr(0, dot).find(',');
  if (comma != std::string_view::npos) {
    auto end = std::min(out.find('.'), out.size());
    for (; end > 3; end -= 3)
      out.insert(end - 3, ",");
  }
  return percent ? out + "%" : out;
}

}  // namespace

std::string plain_number(double value) {
  const auto size = std::fabs(value);
  if (size != 0 && (size >= 1e15 || size < 1e-7))
    return fmt::format("{}", value);
  // Spreadsheets show fifteen digits, which hides what binary fractions leave.
  auto out = fmt::format("{:.{}f}", value,
                         std::max(0, 14 - static_cast<int>(size < 1 ? 0 : std::log10(size))));
  if (out.find('.') != std::string::npos) {
    out.erase(out.find_last_not_of('0') + 1);
    if (out.ends_with('.'))
      out.pop_back();
  }
  return out == "-0" ? "0" : out;
}

std::string shown_number(double value, std::string_view format, bool is_1904) {
  if (!std::isfinite(value) || format.empty() || format == "General" || format == "@")
    return plain_number(value);
  const auto part = section(format, value);
  const auto tokens = tokens_of(part);
  bool is_date = false;
  std::size_t digits = 0;
  for (const auto& one : tokens) {
    is_date = is_date || (one.letter != 0 && one.letter != '0');
    digits += one.letter == '0' && one.literal.find_first_of("0#?") != std::string::npos;
  }
  // 2958465 is the last day of the year 9999.
  if (part.find("General") != std::string_view::npos ||
      (is_date && (value < 0 || value > 2'958'466)))
    return plain_number(value);
  if (is_date)
    return shown_date(value, tokens, is_1904);
  if (digits != 1)
    return plain_number(value);
  std::string out = value < 0 && part.data() == format.data() ? "-" : "";
  for (const auto& one : tokens)
    out += one.letter == '0' ? shown_digits(value, one.literal) : one.literal;
  return out;
}

std::string_view built_in_format(long id) {
  switch (id) {
    case 1:
      return "0";
    case 2:
      return "0.00";
    case 3:
    case 37:
    case 38:
      return "#,##0";
    case 4:
    case 39:
    case 40:
      return "#,##0.00";
    case 9:
      return "0%";
    case 10:
      return "0.00%";
    case 11:
      return "0.00E+00";
    // It is shown as the reader's country has it: ISO is understood everywhere.
    case 14:
      return "yyyy-mm-dd";
    case 15:
      return "d-mmm-yy";
    case 16:
      return "d-mmm";
    case 17:
      return "mmm-yy";
    case 18:
      return "h:mm AM/PM";
    case 19:
      return "h:mm:ss AM/PM";
    case 20:
      return "h:mm";
    case 21:
      return "h:mm:ss";
    case 22:
      return "yyyy-mm-dd h:mm";
    case 45:
      return "mm:ss";
    case 46:
      return "[h]:mm:ss";
    case 47:
      return "mm:ss";
    default:
      return {};
  }
}

}  // namespace millrace::ingest::formats
