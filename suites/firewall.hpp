// Allow-listing and firewalls.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite firewall_suite();

}  // namespace gateproof::suites
