// Certificate rotation.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite rotation_suite();

}  // namespace gateproof::suites
