#include "client/base/version.hpp"

namespace gateproof::client {

const char* version() {
    return GATEPROOF_VERSION;
}

}  // namespace gateproof::client
