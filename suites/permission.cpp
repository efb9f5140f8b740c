#include "suites/permission.hpp"

namespace gateproof::suites {

Suite permission_suite() {
    return {"permission", "Tokens and delegated permissions", {}};
}

}  // namespace gateproof::suites
