#include "suites/catalogue.hpp"

#include "suites/mtls.hpp"
#include "suites/port.hpp"
#include "suites/requirements.hpp"
#include "suites/server.hpp"
#include "suites/tls.hpp"

namespace gateproof::suites {

const Catalogue& catalogue() {
    static const Catalogue all{
        .requirements = requirements(),
        .suites = {tls_suite(), server_suite(), port_suite(), mtls_suite()},
    };
    return all;
}

}  // namespace gateproof::suites
