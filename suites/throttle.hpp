// Throttling and isolation.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite throttle_suite();

}  // namespace gateproof::suites
