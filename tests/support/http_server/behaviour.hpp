#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::tests::http_server {

/// What is done with one request, as a word. Of any kind:
///   ok                        the right answer
///   garbage                   200, and no JSON
///   large:BYTES               200, and so many bytes
///   truncate                  half of the right answer, then the end of the connection
///   status:CODE[:RETRY_AFTER] an error, with the header if it is there: seconds or a date
///   echo-key                  401, with the key in the message
///   reset                     the connection is reset
///   hang                      nothing, until the client goes
/// For embeddings:
///   shuffle                   the right vectors, in another order, with their indexes
///   unnumbered                the right answer, without indexes and without usage
///   short                     one vector is missing
///   double                    one index comes twice
///   dimension                 vectors with one number too many
///   nan                       200, with a number that is not one
/// For files that are parsed:
///   pending, error, canceled  that status, instead of SUCCESS; error repeats the key
///   odd                       an invalid id or an unknown status, a result that is no text
///   blank                     a result of nothing but spaces
/// A word of another kind is `ok`. `+MS` at the end delays it by milliseconds: `ok+100`.
struct behaviour {
  std::string word = "ok";
  int delay_ms = 0;
};

behaviour parse_behaviour(std::string_view word);

/// Decides what is done with the next request, and counts. Told by lines:
///   next WORD...       for the requests to come, one each, before anything else
///   always WORD        for all others; `ok` at first
///   chance PERCENT WORD so many in a hundred of the others, with a seed of its own; adds up
///   calm               forgets all of these
///   down, up           every connection is reset, also the probe of /v1/models; or not
class director {
 public:
  /// False when it does not understand.
  bool tell(std::string_view lines);
  behaviour next();
  bool is_down() const;

  void began(std::size_t texts);
  void ended();
  /// A file has come, as a form; answers the id of the job that parses it.
  std::string take_upload(std::string form);
  /// The form of the job of that id; nothing when there is none.
  std::optional<std::string> upload_of(const std::string& id) const;
  std::string last_upload() const;
  /// A job was asked for its status.
  void polled();
  /// {"requests": 12, "texts": 340, "peak": 8, "uploads": 2, "polls": 7}
  std::string counts() const;

 private:
  struct chance {
    int percent = 0;
    behaviour what;
  };

  bool tell_line(std::string_view line);

  mutable std::mutex mutex_;
  std::deque<behaviour> next_;
  std::deque<chance> chances_;
  behaviour always_;
  bool down_ = false;
  std::mt19937 dice_{20260101};
  std::int64_t requests_ = 0;
  std::int64_t texts_ = 0;
  int at_work_ = 0;
  int peak_ = 0;
  std::vector<std::string> uploads_;
  std::int64_t polls_ = 0;
};

}  // namespace millrace::tests::http_server
