#include "suites/timeout.hpp"

namespace gateproof::suites {

Suite timeout_suite() {
    return {"timeout", "Timeouts", {}};
}

}  // namespace gateproof::suites
