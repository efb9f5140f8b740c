// Tokens and delegated permissions.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite permission_suite();

}  // namespace gateproof::suites
