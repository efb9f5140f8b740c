#include "suites/oauth.hpp"

namespace gateproof::suites {

Suite oauth_suite() {
    return {"oauth", "OAuth 2.0: login, consent, tokens", {}};
}

}  // namespace gateproof::suites
