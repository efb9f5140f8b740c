// client-reach: how client software finds its gateway.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite client_reach_suite();

}  // namespace gateproof::suites
