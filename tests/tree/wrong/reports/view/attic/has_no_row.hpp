#include "harness/journal/record.hpp"
