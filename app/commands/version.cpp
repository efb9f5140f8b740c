#include "app/version.hpp"

namespace gateproof::cli {

std::string version() {
    return GATEPROOF_VERSION;
}

}  // namespace gateproof::cli
