#include "suites/requirements.hpp"

namespace gateproof::suites {

std::vector<Requirement> timing_requirements() {
    return {};
}

}  // namespace gateproof::suites
