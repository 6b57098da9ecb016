#include "storage/error.hpp"
