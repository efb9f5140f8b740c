#include "suites/versions.hpp"

#include "suites/version_2026_11.hpp"

namespace gateproof::suites {

std::vector<CatalogueVersion> versions() {
    return {{"2026-11", version_2026_11}};
}

}  // namespace gateproof::suites
