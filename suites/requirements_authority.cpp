#include "suites/requirements.hpp"

namespace gateproof::suites {

std::vector<Requirement> authority_requirements() {
    return {};
}

}  // namespace gateproof::suites
