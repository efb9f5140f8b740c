// How much a check asks of an endpoint, for a plan to say before anything is sent.
#pragma once

#include <cstddef>
#include <string_view>

namespace gateproof::suites {

/// About how many connections a check, or one case of it, makes at an endpoint that conforms, its controls and load not
/// counted: as many as at the embedded gateway. A check that is not known makes one.
std::size_t usual_connections(std::string_view check_id);

}  // namespace gateproof::suites
