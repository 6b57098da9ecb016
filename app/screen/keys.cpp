#include "app/screen/keys.hpp"

namespace millrace::app {

const std::vector<key_help>& all_keys() {
  static const std::vector<key_help> all{
      {"1 2 3 ...", "show that view"},
      {"Tab Shift-Tab", "the next view, the one before"},
      {"Up Down j k", "move"},
      {"PgUp PgDn", "move by a page"},
      {"Home End g G", "to the first, to the last"},
      {"Enter", "of a stage: its jobs; of a job or an event: the job"},
      {"Esc", "back; show all again"},
      {"/", "show only what contains a text"},
      {"s", "of the jobs, only those in the next state"},
      {"p", "pause the stage, or resume it"},
      {"r", "retry the job now"},
      {"R", "replay the job from a stage"},
      {"c", "cancel the job"},
      {"D", "drain: begin nothing new, end when what is at work has ended"},
      {"S", "stop: give back what is at work, and end"},
      {"?", "this help"},
      {"q", "quit; the runtime goes on"},
  };
  return all;
}

}  // namespace millrace::app
