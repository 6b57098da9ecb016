#include "ingest/embed/hashing_embedder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

using namespace millrace;
using namespace millrace::ingest;

namespace {

ingest::vector vector_of(std::string_view text) {
  auto made = hashing_embedder{}.embed(std::span{&text, 1}, {});
  return std::get<ingest::embedded>(made).vectors.front();
}

double cosine(const ingest::vector& a, const ingest::vector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

double similarity(std::string_view a, std::string_view b) {
  return cosine(vector_of(a), vector_of(b));
}

struct topic {
  std::string_view name;
  std::string_view text;
};

constexpr std::array topics{
    topic{"backups",
          "A backup is a copy of the database that is made while it runs. Keep three of "
          "them, on another machine, and restore one now and then to see that it works."},
    topic{"locks",
          "Two transactions that want the same row wait for each other. When both wait for "
          "ever it is a deadlock, and the server ends one of them after a second."},
    topic{"indexes",
          "An index makes it fast to find rows by a column and slower to insert them. A "
          "partial index has only the rows that satisfy a condition."},
    topic{"logging",
          "Every line of the log has a time, a level and a message. Set the level to "
          "debug to see more; rotate the files every night so that the disk stays empty."},
    topic{"certificates",
          "The server shows its certificate, and the client verifies who signed it. "
          "Certificates expire after ninety days and are renewed by a timer."},
    topic{"queues",
          "Producers put messages at the end of the queue and workers take them from the "
          "front. A message that fails five times is moved to the dead letters."},
    topic{"memory",
          "Objects that nobody refers to are collected as garbage. A leak is memory that "
          "is referred to and never used again; a heap dump shows who holds it."},
    topic{"scheduling",
          "The scheduler gives each thread a slice of time on a core. Threads of a "
          "higher priority run first; a thread that sleeps costs nothing."},
    topic{"compression",
          "Text shrinks to a third of its size when it is compressed. Images and "
          "videos are compressed already, so doing it again only burns the processor."},
    topic{"encoding",
          "UTF-8 writes a character in one to four bytes. A file in Latin-1 has one byte "
          "for each character and must be converted before it can be read as UTF-8."},
};

}  // namespace

TEST_CASE("a vector has 384 dimensions and unit length") {
  const hashing_embedder embedder;
  CHECK(embedder.name() == "hashing-384@1");
  CHECK(embedder.dimension() == 384);
  for (std::string_view text : {"poller", "the poller claims jobs", "水車", "x y z 1 2 3"}) {
    const auto v = vector_of(text);
    REQUIRE(v.size() == 384);
    CHECK(cosine(v, v) == Approx(1.0));
  }
}

TEST_CASE("a text without words has a vector of zeros") {
  for (std::string_view text : {"", " \n", "-- !?", "what is the", "\xff\xfe"}) {
    const auto v = vector_of(text);
    CHECK(v == ingest::vector(384));
  }
}

TEST_CASE("vectors of any bytes are finite") {
  std::mt19937 random{3};
  for (int i = 0; i < 200; ++i) {
    std::string bytes(random() % 500, '\0');
    for (char& c : bytes)
      c = static_cast<char>(random());
    const auto v = vector_of(bytes);
    CHECK(std::all_of(v.begin(), v.end(), [](float x) { return std::isfinite(x); }));
  }
}

TEST_CASE("texts are embedded each for itself, in their order") {
  const std::array<std::string_view, 3> texts{"mill", "", "race race mill"};
  const auto made = std::get<ingest::embedded>(hashing_embedder{}.embed(texts, {})).vectors;
  REQUIRE(made.size() == 3);
  for (std::size_t i = 0; i < texts.size(); ++i)
    CHECK(made[i] == vector_of(texts[i]));
}

TEST_CASE("the case of letters and English endings hardly matter") {
  CHECK(similarity("Poller", "POLLER") == Approx(1.0));
  CHECK(similarity("ÄRGER", "ärger") == Approx(1.0));
  CHECK(similarity("indexing", "indexes") > 0.9);
  CHECK(similarity("poller", "polling") > 0.3);
  CHECK(std::abs(similarity("poller", "certificate")) < 0.3);
}

TEST_CASE("a text of many thousand different words is embedded") {
  std::string text;
  for (int i = 0; i < 20'000; ++i)
    text += "word" + std::to_string(i) + " ";
  const auto v = vector_of(text);
  CHECK(cosine(v, v) == Approx(1.0));
}

TEST_CASE("an answer that is no longer wanted is not made") {
  std::stop_source source;
  source.request_stop();
  const std::string_view text = "mill";
  const auto answer =
      hashing_embedder{}.embed(std::span{&text, 1}, {.now = {}, .stop = source.get_token()});
  CHECK(std::holds_alternative<retry>(answer));
}

TEST_CASE("the headings above a chunk are embedded with it") {
  chunk c;
  c.text = "It waits.";
  CHECK(embedding_text(c) == "It waits.");
  c.heading_path = "Actors > Poller";
  CHECK(embedding_text(c) == "Actors > Poller\nIt waits.");
}

TEST_CASE("what a name stands for does not change: the same text, the same vector as ever") {
  const auto v = vector_of("Poller");
  std::vector<std::size_t> largest(v.size());
  for (std::size_t i = 0; i < v.size(); ++i)
    largest[i] = i;
  std::sort(largest.begin(), largest.end(),
            [&](auto a, auto b) { return std::abs(v[a]) > std::abs(v[b]); });
  CHECK(std::vector<std::size_t>(largest.begin(), largest.begin() + 3) ==
        std::vector<std::size_t>{22, 331, 216});
}

TEST_CASE("questions find the text that answers them among the first three") {
  const std::array<std::pair<std::string_view, std::string_view>, 10> questions{{
      {"how do I restore a copy of my database?", "backups"},
      {"what happens when transactions are deadlocked?", "locks"},
      {"why is inserting slow with many indexes?", "indexes"},
      {"where do I set the log level?", "logging"},
      {"when does the certificate have to be renewed?", "certificates"},
      {"which messages become dead letters?", "queues"},
      {"how can I find out who leaks memory?", "memory"},
      {"which of the threads runs first?", "scheduling"},
      {"is it worth compressing images?", "compression"},
      {"how many bytes is a character?", "encoding"},
  }};
  std::vector<ingest::vector> vectors;
  vectors.reserve(topics.size());
  for (const auto& t : topics)
    vectors.push_back(vector_of(t.text));
  int found = 0;
  for (const auto& [question, answer] : questions) {
    const auto asked = vector_of(question);
    std::vector<std::pair<double, std::string_view>> ranked;
    for (std::size_t i = 0; i < topics.size(); ++i)
      ranked.emplace_back(-cosine(asked, vectors[i]), topics[i].name);
    std::sort(ranked.begin(), ranked.end());
    found += std::any_of(ranked.begin(), ranked.begin() + 3,
                         [&, wanted = answer](const auto& r) { return r.second == wanted; })
                 ? 1
                 : 0;
  }
  CHECK(found == 10);
}
