#include "suites/gateway/tls/suite.hpp"

#include <iterator>

namespace gateproof::suites {

Suite tls_suite() {
    Suite suite{.id = "tls", .title = "TLS versions, cipher suites and protocol hygiene", .checks = {}};
    for (auto part :
         {&tls_version_checks, &tls_cipher_checks, &tls_hygiene_checks, &tls_large_hello_checks, &tls_session_checks}) {
        std::vector<Check> checks = part();
        std::move(checks.begin(), checks.end(), std::back_inserter(suite.checks));
    }
    return suite;
}

}  // namespace gateproof::suites
