#include "harness/probe/http/request.hpp"

#include <fmt/format.h>

#include <utility>

namespace gateproof {

std::shared_ptr<const Identity> serving_identity(const Profile& profile) {
    if (profile.channel == Channel::desktop || profile.environment == Environment::mock) {
        return nullptr;
    }
    const auto found = profile.identities.find("enrolled");
    return found == profile.identities.end() ? nullptr : found->second;
}

HttpRequest make_request(const Profile& profile, const Operation& operation) {
    HttpRequest request;
    request.endpoint = profile.endpoint;
    request.method = operation.method;
    request.path = operation.path;
    request.headers.assign(operation.headers.begin(), operation.headers.end());
    request.body = operation.body;
    request.secret = secret_of(operation);
    return request;
}

std::string secret_of(const Operation& operation) {
    return operation.carries_secret() ? fmt::format("the secret of operation '{}'", operation.name) : std::string();
}

boost::asio::awaitable<HttpOutcome> send_within(const Limits& limits, HttpClient& http, HttpRequest request) {
    request.connect_timeout = limits.connect_timeout;
    request.timeout = limits.probe_timeout;
    return http.send(std::move(request));
}

}  // namespace gateproof
