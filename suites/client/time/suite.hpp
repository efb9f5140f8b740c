// client-time: how long client software waits, and how that ends.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite client_time_suite();

}  // namespace gateproof::suites
