// The explicit list of every requirement and suite.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

const Catalogue& catalogue();

}  // namespace gateproof::suites
