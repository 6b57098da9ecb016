#include "net/http/http_client.hpp"

#include "base/bounds.hpp"
#include "base/duration.hpp"
#include "base/error.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

namespace millrace::net {
namespace {

using steady = std::chrono::steady_clock;

void start_curl() {
  static const auto answer = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (answer != CURLE_OK)
    throw error{"cannot use HTTP", curl_easy_strerror(answer), "check the installation of libcurl"};
}

struct list_deleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using header_list = std::unique_ptr<curl_slist, list_deleter>;

void add(header_list& to, const std::string& header) {
  auto* longer = curl_slist_append(to.get(), header.c_str());
  if (longer == nullptr)
    throw std::bad_alloc{};
  to.release();
  to.reset(longer);
}

long in_ms(duration d) {
  return static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(d).count());
}

/// What arrives of an answer.
struct arrival {
  std::string body;
  std::size_t limit = 0;
  bool overflow = false;
};

std::size_t take_bytes(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& to = *static_cast<arrival*>(into);
  if (size * count > to.limit - to.body.size()) {
    to.overflow = true;
    return 0;
  }
  to.body.append(bytes, size * count);
  return size * count;
}

http_ending ending_of(CURLcode code, const arrival& got, bool connected) {
  if (got.overflow)
    return http_ending::too_large;
  switch (code) {
    case CURLE_OK:
      return http_ending::answered;
    case CURLE_OPERATION_TIMEDOUT:
      return connected ? http_ending::timed_out : http_ending::not_connected;
    default:
      return connected ? http_ending::broken : http_ending::not_connected;
  }
}

}  // namespace

/// One transfer at a time. The multi handle keeps the connections, and can be woken.
struct http_client::line {
  CURLM* multi = curl_multi_init();
  CURL* easy = curl_easy_init();
  std::array<char, CURL_ERROR_SIZE> message{};

  line() {
    if (multi == nullptr || easy == nullptr)
      throw std::bad_alloc{};
  }
  ~line() {
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
  }
  line(const line&) = delete;
  line& operator=(const line&) = delete;

  template <class Value>
  void set(CURLoption what, Value value) {
    const auto answer = curl_easy_setopt(easy, what, value);
    if (answer != CURLE_OK)
      throw error{"cannot prepare a request", curl_easy_strerror(answer),
                  "check the service's URL"};
  }

  void prepare(const http_request& request, const http_settings& settings, curl_slist* headers,
               arrival& into) {
    curl_easy_reset(easy);
    message.front() = '\0';
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    if (!settings.ca_file.empty())
      set(CURLOPT_CAINFO, settings.ca_file.c_str());
    set(CURLOPT_NOSIGNAL, 1L);
    // A name server that is silent must not hold a request beyond its time.
    set(CURLOPT_QUICK_EXIT, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, in_ms(settings.connect_timeout));
    set(CURLOPT_TIMEOUT_MS, in_ms(settings.total_timeout));
    set(CURLOPT_ERRORBUFFER, message.data());
    set(CURLOPT_USERAGENT, "millrace");
    set(CURLOPT_ACCEPT_ENCODING, "");
    set(CURLOPT_HTTPHEADER, headers);
    set(CURLOPT_WRITEFUNCTION, take_bytes);
    set(CURLOPT_WRITEDATA, &into);
    if (!request.body.empty()) {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_POSTFIELDS, request.body.data());
    }
  }

  template <class Value>
  Value info(CURLINFO what) const {
    Value value{};
    curl_easy_getinfo(easy, what, &value);
    return value;
  }

  bool is_connected() const { return info<curl_off_t>(CURLINFO_PRETRANSFER_TIME_T) > 0; }

  /// What has come and gone so far.
  curl_off_t moved() const {
    return info<curl_off_t>(CURLINFO_SIZE_DOWNLOAD_T) + info<curl_off_t>(CURLINFO_SIZE_UPLOAD_T) +
           info<long>(CURLINFO_HEADER_SIZE) + info<long>(CURLINFO_REQUEST_SIZE);
  }

  /// Runs the transfer to its end. Answers why it was cut short, or libcurl's own word.
  struct end {
    std::optional<http_ending> cut;
    CURLcode code = CURLE_OK;
  };
  end transfer(duration read_timeout, const std::stop_token& stop) {
    curl_multi_add_handle(multi, easy);
    const std::stop_callback wake{stop, [this] { curl_multi_wakeup(multi); }};
    end came;
    auto seen = curl_off_t{-1};
    auto seen_at = steady::now();
    for (int running = 1;;) {
      curl_multi_perform(multi, &running);
      if (running == 0)
        break;
      const auto now = steady::now();
      if (stop.stop_requested()) {
        came.cut = http_ending::stopped;
        break;
      }
      if (const auto is = is_connected() ? moved() : -1; is != seen || is < 0) {
        seen = is;
        seen_at = now;
      }
      const auto silent = std::chrono::duration_cast<duration>(now - seen_at);
      if (silent >= read_timeout) {
        came.cut = http_ending::timed_out;
        break;
      }
      constexpr duration longest_nap = std::chrono::seconds{1};
      curl_multi_poll(multi, nullptr, 0,
                      static_cast<int>(in_ms(std::min(longest_nap, read_timeout - silent))),
                      nullptr);
    }
    int left = 0;
    while (const auto* said = curl_multi_info_read(multi, &left))
      if (said->msg == CURLMSG_DONE)
        came.code = said->data.result;
    return came;
  }
};

struct http_client::idle_lines {
  std::mutex mutex;
  std::vector<std::unique_ptr<line>> all;

  std::unique_ptr<line> take() {
    {
      const std::scoped_lock guard{mutex};
      if (!all.empty()) {
        auto one = std::move(all.back());
        all.pop_back();
        return one;
      }
    }
    return std::make_unique<line>();
  }
  void put(std::unique_ptr<line> one) {
    const std::scoped_lock guard{mutex};
    all.push_back(std::move(one));
  }
};

http_client::http_client(http_settings settings)
    : settings_(std::move(settings)), idle_(std::make_unique<idle_lines>()) {
  start_curl();
}

http_client::~http_client() = default;

http_response http_client::send(const http_request& request, const std::stop_token& stop) {
  header_list headers;
  add(headers, "Accept: application/json");
  // No pause for a "100 Continue" that small servers never send.
  add(headers, "Expect:");
  if (!request.body.empty())
    add(headers, "Content-Type: " + request.content_type);
  if (!request.key.empty())
    add(headers, "Authorization: Bearer " + request.key);
  if (!request.traceparent.empty())
    add(headers, "traceparent: " + request.traceparent);

  const auto began = steady::now();
  arrival got{{}, static_cast<std::size_t>(settings_.max_response)};
  auto on = idle_->take();
  on->prepare(request, settings_, headers.get(), got);
  const auto end = on->transfer(settings_.read_timeout, stop);

  http_response answer;
  answer.how = end.cut.value_or(ending_of(end.code, got, on->is_connected()));
  answer.status = static_cast<int>(on->info<long>(CURLINFO_RESPONSE_CODE));
  if (const auto after = on->info<curl_off_t>(CURLINFO_RETRY_AFTER); after > 0) {
    const auto wait = bounded_seconds(static_cast<double>(after), bounds::longest_retry_after);
    answer.retry_after = wait.length;
    answer.retry_after_is_cut = wait.is_cut;
  }
  if (answer.how == http_ending::too_large)
    answer.why = fmt::format("more than {} bytes", settings_.max_response);
  else if (end.cut == http_ending::timed_out)
    answer.why = fmt::format("silent for {}", format_duration(settings_.read_timeout));
  else if (answer.how != http_ending::answered && answer.how != http_ending::stopped)
    answer.why = on->message.front() != '\0' ? on->message.data() : curl_easy_strerror(end.code);
  answer.took = std::chrono::duration_cast<duration>(steady::now() - began);
  answer.body = std::move(got.body);
  // Off the line before it is used again: this ends what was cut short.
  curl_multi_remove_handle(on->multi, on->easy);
  idle_->put(std::move(on));
  return answer;
}

}  // namespace millrace::net
