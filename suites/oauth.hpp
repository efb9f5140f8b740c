// OAuth 2.0: login, consent, tokens.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite oauth_suite();

}  // namespace gateproof::suites
