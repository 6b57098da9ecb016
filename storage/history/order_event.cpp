#include "storage/history/order_event.hpp"

#include "storage/db/translate_errors.hpp"

namespace millrace::storage {

void record_order(connection& on, const std::string& message, time_point now) {
  guarded("cannot write down the order", [&] {
    transaction tx{on};
    on.prepared<>("order_event").with("message", message).with("now", to_us(now)).run();
    tx.commit();
  });
}

}  // namespace millrace::storage
