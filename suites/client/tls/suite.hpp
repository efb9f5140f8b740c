// client-tls: how client software speaks TLS.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite client_tls_suite();

}  // namespace gateproof::suites
