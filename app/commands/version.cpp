#include "app/command.hpp"

namespace gateproof::cli {

std::string version() {
    return GATEPROOF_VERSION;
}

}  // namespace gateproof::cli
