#include "suites/m2m.hpp"

namespace gateproof::suites {

Suite m2m_suite() {
    return {"m2m", "Machine-to-machine JWT", {}};
}

}  // namespace gateproof::suites
