// client-identity: who client software says that it is.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite client_identity_suite();

}  // namespace gateproof::suites
