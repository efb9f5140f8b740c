// client-errors: how client software takes a no.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite client_errors_suite();

}  // namespace gateproof::suites
