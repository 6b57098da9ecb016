#include "app/millrace.hpp"

int main(int argc, char** argv) { return millrace::run(argc, argv, millrace::application{}); }
