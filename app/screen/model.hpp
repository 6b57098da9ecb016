#pragma once

#include "app/screen/keys.hpp"
#include "app/screen/state.hpp"

#include <optional>
#include <string>

namespace millrace::app {

/// What a key leads to beside another snapshot.
struct response {
  bool quit = false;
  std::optional<actors::change_order> order;
};

/// What the screen shows, and how keys and updates change it. It knows neither terminal nor
/// runtime.
class screen_model {
 public:
  /// `user` gives the orders.
  explicit screen_model(std::string user) : user_{std::move(user)} {}

  void resize(std::size_t rows, std::size_t columns);
  /// The newest snapshot.
  void show(snapshot newest);
  /// No runtime answers, and why. The snapshot stays.
  void lose(std::string why);
  /// What became of an order.
  void hear(const actors::order_answer& answer);
  response press(key pressed);

  const screen_query& wanted() const { return state_.wanted; }
  const screen_state& state() const { return state_; }

 private:
  response browse(key pressed);
  bool go(key pressed);
  void give_order(key pressed);
  void scroll(key pressed);
  void move(key pressed);
  void settle_cursor(bool follow);
  void enter_pane(pane_id in);
  void step_pane(std::ptrdiff_t by);
  void open();
  void back();
  void next_state();
  void ask(std::string text, actors::change_order order);
  void ask_about_stage();
  void ask_about_job(key pressed);
  void complain(std::string text);

  response press_in(const std::monostate&, key pressed) { return browse(pressed); }
  response press_in(const filter_entry&, key pressed);
  response press_in(const stage_entry& entry, key pressed);
  response press_in(const question& asked, key pressed);
  response press_in(const help_page&, key pressed);

  std::string user_;
  screen_state state_;
};

}  // namespace millrace::app
