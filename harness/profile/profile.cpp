#include "harness/profile/profile.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace gateproof {

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

}  // namespace gateproof
