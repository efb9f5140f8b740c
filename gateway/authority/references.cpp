// What a profile may refer to as "embedded:NAME": the clients that are registered.
#include "gateway/authority/authority.hpp"

namespace gateproof::gateway {

std::optional<std::string> Authority::reference(std::string_view name) const {
    const std::size_t dot = name.find('.');
    const OAuthClient* const client = dot == std::string_view::npos ? nullptr : clients_.of_role(name.substr(0, dot));
    if (client == nullptr) {
        return std::nullopt;
    }
    const std::string_view part = name.substr(dot + 1);
    if (part == "id") {
        return client->id;
    }
    if (part == "redirect-uri") {
        return client->redirect_uri;
    }
    return part == "secret" && !client->native() ? std::optional(client->secret) : std::nullopt;
}

std::vector<std::string> Authority::reference_names() const {
    std::vector<std::string> names;
    for (const std::string_view role : Clients::roles()) {
        names.push_back(std::string(role) + ".id");
        names.push_back(std::string(role) + ".redirect-uri");
        if (!clients_.of_role(role)->native()) {
            names.push_back(std::string(role) + ".secret");
        }
    }
    return names;
}

}  // namespace gateproof::gateway
