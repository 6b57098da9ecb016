#include "net/http/server/response_handle.hpp"

#include "net/http/server/exchange.hpp"

#include <utility>

namespace millrace::net {

/// Shared by the handles and streams of a response, not by its connection.
struct response_stream::owner {
  explicit owner(std::shared_ptr<http_exchange> owned) : exchange(std::move(owned)) {}
  ~owner() { exchange->abandon(); }
  owner(const owner&) = delete;
  owner& operator=(const owner&) = delete;

  const std::shared_ptr<http_exchange> exchange;
};

bool response_stream::send(std::string piece) const {
  return owner_->exchange->send(std::move(piece));
}
void response_stream::finish() const { owner_->exchange->finish(); }
void response_stream::abort() const { owner_->exchange->abort(); }
bool response_stream::is_open() const { return owner_->exchange->is_open(); }

void response_stream::on_room(std::function<void()> call) const {
  owner_->exchange->on_room(std::move(call));
}

void response_stream::on_leave(std::function<void()> call) const {
  owner_->exchange->on_leave(std::move(call));
}

response_handle::response_handle(std::shared_ptr<http_exchange> exchange)
    : owner_(std::make_shared<response_stream::owner>(std::move(exchange))) {}

bool response_handle::send(outgoing_response response) const {
  return owner_->exchange->respond(std::move(response));
}

response_stream response_handle::stream(outgoing_response head) const {
  owner_->exchange->start_stream(std::move(head));
  return response_stream{owner_};
}

bool response_handle::client_has_left() const { return owner_->exchange->client_has_left(); }

void response_handle::on_leave(std::function<void()> call) const {
  owner_->exchange->on_leave(std::move(call));
}

}  // namespace millrace::net
