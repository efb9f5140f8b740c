#include "gateway/faults.hpp"

#include <algorithm>

namespace gateproof::gateway {
namespace {

const std::vector<Fault>& table() {
    static const std::vector<Fault> all{
        {"no-tls-1.2", "TLS 1.2 is refused", {"CLOUD-TLS-MIN", "DESK-TLS-MIN"}, {"tls.accepts-1.2"}},
        {"no-tls-1.3", "TLS 1.3 is not offered", {"CLOUD-TLS-MIN", "DESK-TLS-MIN"}, {"tls.accepts-1.3"}},
    };
    return all;
}

}  // namespace

std::span<const Fault> faults() {
    return table();
}

const Fault* find_fault(std::string_view name) {
    const auto& all = table();
    const auto found = std::find_if(all.begin(), all.end(), [name](const Fault& fault) { return fault.name == name; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace gateproof::gateway
