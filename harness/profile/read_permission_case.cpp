#include "harness/profile/read_profile.hpp"
#include "harness/profile/reader.hpp"

namespace gateproof {

void read_permission_case(const JsonField& field, References& references, Profile& profile) {
    static_cast<void>(field);
    static_cast<void>(references);
    static_cast<void>(profile);
}

}  // namespace gateproof
