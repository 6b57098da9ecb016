#include "storage/db/error.hpp"
