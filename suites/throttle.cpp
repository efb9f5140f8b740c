#include "suites/throttle.hpp"

namespace gateproof::suites {

Suite throttle_suite() {
    return {"throttle", "Throttling and isolation", {}};
}

}  // namespace gateproof::suites
