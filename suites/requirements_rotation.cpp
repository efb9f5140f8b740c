#include "suites/requirements.hpp"

namespace gateproof::suites {

std::vector<Requirement> rotation_requirements() {
    return {};
}

}  // namespace gateproof::suites
