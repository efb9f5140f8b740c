// client-http: how client software speaks HTTP/1.1.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite client_http_suite();

}  // namespace gateproof::suites
