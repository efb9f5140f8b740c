// client-writes: that client software files nothing twice.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite client_writes_suite();

}  // namespace gateproof::suites
