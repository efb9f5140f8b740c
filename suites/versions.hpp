// The versions of the catalogue, as data.
#pragma once

#include <vector>

#include "harness/model/check.hpp"

namespace gateproof::suites {

/// Oldest first. A version that is released never changes (tests/unit/suites/catalogue_test.cpp holds its digest); the
/// checks of one that is not are written anew by that test with GATEPROOF_WRITE_PAGES=1.
std::vector<CatalogueVersion> versions();

}  // namespace gateproof::suites
