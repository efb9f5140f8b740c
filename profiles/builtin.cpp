#include "profiles/builtin.hpp"

namespace gateproof {

const BuiltinProfile* find_builtin(std::string_view name) {
    for (const BuiltinProfile& profile : builtin_profiles()) {
        if (profile.name == name) {
            return &profile;
        }
    }
    return nullptr;
}

}  // namespace gateproof
