#include "suites/rotation.hpp"

namespace gateproof::suites {

Suite rotation_suite() {
    return {"rotation", "Certificate rotation", {}};
}

}  // namespace gateproof::suites
