// What identities a profile may have, by the part that they play.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace gateproof {

inline constexpr std::array<std::string_view, 12> identity_roles{
    "enrolled",    "second",      "unenrolled", "expired", "not_yet_valid", "revoked", "wrong_eku", "other_environment",
    "rotated_old", "rotated_new", "retired",    "tds"};

/// A role that exists; a program with any other does not compile.
class IdentityRole {
public:
    consteval IdentityRole(const char* name) : name_(name) {
        if (std::ranges::find(identity_roles, name_) == identity_roles.end()) {
            throw "no identity has this role";
        }
    }
    [[nodiscard]] constexpr std::string_view text() const { return name_; }

private:
    std::string_view name_;
};

}  // namespace gateproof
