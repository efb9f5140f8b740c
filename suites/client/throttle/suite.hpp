// How client software takes being put off.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite client_throttle_suite();

}  // namespace gateproof::suites
