#include "suites/requirements.hpp"

namespace gateproof::suites {

std::vector<Requirement> rotation_requirements() {
    return {
        {.id = "ROTATION",
         .sentence =
             "After a certificate or a signing key is rotated the same DSP is recognised, and the old one is not.",
         .source = "SE, certificates are exchanged; Access, client certificates; IA 2.4; RFC 8446 4.6.1"},
    };
}

}  // namespace gateproof::suites
