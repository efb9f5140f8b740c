#include "suites/catalogue.hpp"

#include "suites/requirements.hpp"
#include "suites/tls.hpp"

namespace gateproof::suites {

const Catalogue& catalogue() {
    static const Catalogue all{
        .requirements = requirements(),
        .suites = {tls_suite()},
    };
    return all;
}

}  // namespace gateproof::suites
