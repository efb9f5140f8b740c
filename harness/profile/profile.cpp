#include "harness/profile/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "harness/text/ascii.hpp"

namespace gateproof {

bool is_credential(std::string_view header) {
    constexpr std::array<std::string_view, 4> names{"authorization", "proxy-authorization", "cookie", "x-api-key"};
    return std::ranges::any_of(names, [&](std::string_view name) { return same_ignoring_case(header, name); });
}

bool Operation::carries_secret() const {
    return refers || std::ranges::any_of(headers, [](const auto& header) { return is_credential(header.first); });
}

std::string Endpoint::authority() const {
    const bool ipv6 = host.find(':') != std::string::npos;
    return ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::string Endpoint::url() const {
    return fmt::format("https://{}{}", authority(), path_prefix);
}

const Identity* Profile::identity(const std::string& role) const {
    const auto found = identities.find(role);
    return found == identities.end() ? nullptr : found->second.get();
}

const Operation& Profile::control_operation() const {
    const auto found = operations.find(control);
    if (found == operations.end()) {
        throw std::logic_error(fmt::format("profile {} has no operation {}", name, control));
    }
    return found->second;
}

void Profile::scale_times(double factor) {
    timing.scale_by(factor);
    const auto scale = [factor](std::chrono::milliseconds& time) {
        time = std::chrono::round<std::chrono::milliseconds>(time * factor);
    };
    scale(tls.staple_within);
    if (authority) {
        scale(authority->revocation_within);
        scale(authority->code_lifetime);
    }
    if (rotation) {
        scale(rotation->cut_over_within);
    }
}

}  // namespace gateproof
