#include "selfproof/client_parts.hpp"

#include <memory>
#include <utility>

#include "harness/run/client/target.hpp"
#include "selfproof/embedded_application.hpp"
#include "selfproof/embedded_client.hpp"

namespace gateproof::selfproof {

std::shared_ptr<const ClientParts> embedded_client_parts(std::vector<std::string> faults,
                                                         std::shared_ptr<FaultsAsked> asked) {
    auto parts = std::make_shared<ClientParts>();
    const auto applications = std::make_shared<EmbeddedApplications>();
    parts->play = [applications](const Profile& profile, ClientAct act) { return applications->play(profile, act); };
    parts->embedded = [faults = std::move(faults), asked = std::move(asked)](const Profile& profile) {
        return embedded_client(profile, faults, asked);
    };
    return parts;
}

ClientTargetFactory embedded_client_targets(std::vector<std::string> faults, std::shared_ptr<FaultsAsked> asked) {
    return client_targets(embedded_client_parts(std::move(faults), std::move(asked)));
}

}  // namespace gateproof::selfproof
