#include "tests/support/http_server/behaviour.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace millrace::tests::http_server {

behaviour parse_behaviour(std::string_view word) {
  const auto plus = word.rfind('+');
  if (plus == std::string_view::npos)
    return {std::string{word}, 0};
  return {std::string{word.substr(0, plus)}, std::stoi(std::string{word.substr(plus + 1)})};
}

bool director::tell(std::string_view lines) {
  const std::scoped_lock guard{mutex_};
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size());
    if (!tell_line(lines.substr(0, end)))
      return false;
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return true;
}

bool director::tell_line(std::string_view line) {
  std::istringstream words{std::string{line}};
  std::string verb;
  std::string word;
  words >> verb;
  if (verb == "next") {
    while (words >> word)
      next_.push_back(parse_behaviour(word));
  } else if (verb == "always" && words >> word) {
    always_ = parse_behaviour(word);
  } else if (int percent = 0; verb == "chance" && words >> percent >> word) {
    chances_.push_back({percent, parse_behaviour(word)});
  } else if (verb == "calm") {
    next_.clear();
    chances_.clear();
    always_ = {};
  } else if (verb == "down" || verb == "up") {
    down_ = verb == "down";
  } else {
    return verb.empty();
  }
  return true;
}

behaviour director::next() {
  const std::scoped_lock guard{mutex_};
  if (!next_.empty()) {
    auto one = std::move(next_.front());
    next_.pop_front();
    return one;
  }
  auto roll = static_cast<int>(dice_() % 100);
  for (const auto& one : chances_) {
    if (roll < one.percent)
      return one.what;
    roll -= one.percent;
  }
  return always_;
}

bool director::is_down() const {
  const std::scoped_lock guard{mutex_};
  return down_;
}

void director::began(std::size_t texts) {
  const std::scoped_lock guard{mutex_};
  ++requests_;
  texts_ += static_cast<std::int64_t>(texts);
  peak_ = std::max(peak_, ++at_work_);
}

void director::ended() {
  const std::scoped_lock guard{mutex_};
  --at_work_;
}

std::string director::take_upload(std::string form) {
  const std::scoped_lock guard{mutex_};
  uploads_.push_back(std::move(form));
  return "file-" + std::to_string(uploads_.size());
}

std::optional<std::string> director::upload_of(const std::string& id) const {
  const std::scoped_lock guard{mutex_};
  for (std::size_t i = 0; i < uploads_.size(); ++i)
    if (id == "file-" + std::to_string(i + 1))
      return uploads_[i];
  return std::nullopt;
}

std::string director::last_upload() const {
  const std::scoped_lock guard{mutex_};
  return uploads_.empty() ? "" : uploads_.back();
}

void director::polled() {
  const std::scoped_lock guard{mutex_};
  ++polls_;
}

std::string director::counts() const {
  const std::scoped_lock guard{mutex_};
  std::ostringstream text;
  text << R"({"requests": )" << requests_ << R"(, "texts": )" << texts_ << R"(, "peak": )" << peak_
       << R"(, "uploads": )" << uploads_.size() << R"(, "polls": )" << polls_ << '}';
  return text.str();
}

}  // namespace millrace::tests::http_server
