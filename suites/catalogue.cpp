#include "suites/catalogue.hpp"

#include "suites/firewall.hpp"
#include "suites/m2m.hpp"
#include "suites/mtls.hpp"
#include "suites/oauth.hpp"
#include "suites/permission.hpp"
#include "suites/port.hpp"
#include "suites/requirements.hpp"
#include "suites/rotation.hpp"
#include "suites/server.hpp"
#include "suites/throttle.hpp"
#include "suites/timeout.hpp"
#include "suites/tls.hpp"

namespace gateproof::suites {

const Catalogue& catalogue() {
    static const Catalogue all{
        .requirements = requirements(),
        .suites = {tls_suite(), server_suite(), port_suite(), mtls_suite(), firewall_suite(), oauth_suite(),
                   m2m_suite(), permission_suite(), timeout_suite(), throttle_suite(), rotation_suite()},
    };
    return all;
}

}  // namespace gateproof::suites
