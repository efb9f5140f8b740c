// Whose software is judged.
#pragma once

#include <string_view>

namespace gateproof {

enum class Side {
    gateway,  ///< an endpoint, which the harness calls
    client,   ///< software that calls a stage of the harness
};
/// "gateway", "client"
constexpr std::string_view to_string(Side side) {
    return side == Side::gateway ? "gateway" : "client";
}

}  // namespace gateproof
