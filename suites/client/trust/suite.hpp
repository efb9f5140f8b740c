// client-trust: whom client software believes.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite client_trust_suite();

}  // namespace gateproof::suites
