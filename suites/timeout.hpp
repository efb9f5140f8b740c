// Timeouts.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite timeout_suite();

}  // namespace gateproof::suites
