// Machine-to-machine JWT.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite m2m_suite();

}  // namespace gateproof::suites
