#include "harness/journal/record.hpp"
#include "harness/run/runner.hpp"
