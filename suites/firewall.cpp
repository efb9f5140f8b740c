#include "suites/firewall.hpp"

namespace gateproof::suites {

Suite firewall_suite() {
    return {"firewall", "Allow-listing and firewalls", {}};
}

}  // namespace gateproof::suites
