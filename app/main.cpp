#include "app/application.hpp"

int main(int argc, char** argv) {
  return millrace::app::run_application({argv + 1, argv + argc},
                                        millrace::app::process_environment());
}
