#include "suites/catalogue.hpp"

#include <algorithm>
#include <iterator>

#include "suites/client/errors/suite.hpp"
#include "suites/client/http/suite.hpp"
#include "suites/client/identity/suite.hpp"
#include "suites/client/reach/suite.hpp"
#include "suites/client/throttle/suite.hpp"
#include "suites/client/time/suite.hpp"
#include "suites/client/tls/suite.hpp"
#include "suites/client/trust/suite.hpp"
#include "suites/client/writes/suite.hpp"
#include "suites/documents.hpp"
#include "suites/gateway/certificate/suite.hpp"
#include "suites/gateway/firewall/suite.hpp"
#include "suites/gateway/m2m/suite.hpp"
#include "suites/gateway/mtls/suite.hpp"
#include "suites/gateway/oauth/suite.hpp"
#include "suites/gateway/permission/suite.hpp"
#include "suites/gateway/port/suite.hpp"
#include "suites/gateway/rotation/suite.hpp"
#include "suites/gateway/scenario/suite.hpp"
#include "suites/gateway/server/suite.hpp"
#include "suites/gateway/throttle/suite.hpp"
#include "suites/gateway/timeout/suite.hpp"
#include "suites/gateway/tls/suite.hpp"
#include "suites/requirements.hpp"
#include "suites/versions.hpp"

namespace gateproof::suites {

namespace {

/// The gateway's, and then the client's.
std::vector<Requirement> all_requirements() {
    std::vector<Requirement> all = requirements();
    std::ranges::move(client_requirements(), std::back_inserter(all));
    return all;
}

}  // namespace

const Catalogue& catalogue() {
    static const Catalogue all{
        .requirements = all_requirements(),
        .suites = {certificate_suite(),
                   tls_suite(),
                   server_suite(),
                   port_suite(),
                   mtls_suite(),
                   firewall_suite(),
                   oauth_suite(),
                   m2m_suite(),
                   permission_suite(),
                   timeout_suite(),
                   throttle_suite(),
                   rotation_suite(),
                   scenario_suite(),
                   client_reach_suite(),
                   client_trust_suite(),
                   client_tls_suite(),
                   client_identity_suite(),
                   client_time_suite(),
                   client_http_suite(),
                   client_throttle_suite(),
                   client_errors_suite(),
                   client_writes_suite()},
        .documents = documents(),
        .versions = versions(),
    };
    return all;
}

}  // namespace gateproof::suites
