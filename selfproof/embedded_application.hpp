// What answers behind the stage: the services of the embedded gateway, by value. The stage and the checks know an
// interface alone, so that they and the gateway share no code.
#pragma once

#include <memory>
#include <string>

#include "harness/profile/profile.hpp"
#include "harness/run/client/parts.hpp"

namespace gateproof::selfproof {

/// A world of its own: customers, users and the tokens of an authority, minted when it is made.
class EmbeddedApplications {
public:
    EmbeddedApplications();
    ~EmbeddedApplications();
    EmbeddedApplications(const EmbeddedApplications&) = delete;
    EmbeddedApplications& operator=(const EmbeddedApplications&) = delete;

    /// Services that nobody has called yet, of that world, with an access token of their own.
    [[nodiscard]] Play play(const Profile& profile) const;

    struct World;

private:
    std::shared_ptr<World> world_;
};

}  // namespace gateproof::selfproof
