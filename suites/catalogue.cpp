#include "suites/catalogue.hpp"

namespace gateproof::suites {

const Catalogue& catalogue() {
    static const Catalogue all{};
    return all;
}

}  // namespace gateproof::suites
