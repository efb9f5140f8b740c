#include "gateway/authority/authority.hpp"

#include <algorithm>

#include "gateway/authority/pages.hpp"
#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {

namespace http = boost::beast::http;

namespace {

constexpr std::string_view root = "/gateway3/oauth/";

/// How long codes are good, unless a fault keeps them longer or ends them early.
std::chrono::milliseconds code_lifetime_with(const FaultSet& faults, std::chrono::milliseconds lifetime) {
    if (faults.has("code-never-expires")) {
        return std::chrono::hours(24);
    }
    return faults.has("code-expires-early") ? lifetime * 2 / 3 : lifetime;
}

}  // namespace

Authority::Authority(const Fixture& fixture, AccessTokens& tokens, const FaultSet& faults,
                     std::chrono::milliseconds code_lifetime, bool pages_by_script)
    : fixture_(fixture),
      tokens_(tokens),
      faults_(faults),
      by_script_(pages_by_script),
      store_(code_lifetime_with(faults, code_lifetime)) {}

std::optional<Response> Authority::serve(const Request& request, bool asks_consent) {
    asks_consent_ = asks_consent;
    const std::string_view target(request.target().data(), request.target().size());
    const std::string_view path = target.substr(0, target.find('?'));
    const std::string_view query = path.size() < target.size() ? target.substr(path.size() + 1) : std::string_view();
    if (!path.starts_with(root)) {
        return std::nullopt;
    }
    const std::string_view name = path.substr(root.size());
    const bool reads = request.method() == http::verb::get || request.method() == http::verb::head;
    const bool posts = request.method() == http::verb::post;
    if (name == "authorize" && reads && faults_.has("splash-page")) {
        return page(request, 200, splash_page(), {});
    }
    if (name == "authorize" && reads) {
        return authorize(request, query);
    }
    if (name == "authorize" && posts && faults_.has("authorize-takes-post")) {
        return authorize(request, request.body());
    }
    if (name == "authorize") {
        Response refusal = page(request, 405, error_page("Wrong request", "A login begins with GET."), {});
        refusal.set(http::field::allow, "GET, HEAD");
        return refusal;
    }
    if (name == "login" && posts) {
        return log_in(request);
    }
    if (name == "consent" && reads) {
        return show_consent(request, query);
    }
    if (name == "consent" && posts) {
        return decide(request);
    }
    if (name == "token" && posts) {
        return token(request, query);
    }
    if (name == "introspect" && posts) {
        return introspect(request);
    }
    if (name == "revoke" && posts) {
        return revoke(request);
    }
    if (name == "token" || name == "introspect" || name == "revoke") {
        Response refusal = error(request, 405, "invalid_request", "This endpoint is asked by POST");
        refusal.set(http::field::allow, "POST");
        return refusal;
    }
    return std::nullopt;
}

std::string cookie_of(const Request& request, std::string_view name) {
    const auto field = request.find(http::field::cookie);
    if (field == request.end()) {
        return {};
    }
    std::string_view rest(field->value().data(), field->value().size());
    while (!rest.empty()) {
        std::string_view pair = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        while (pair.starts_with(' ')) {
            pair.remove_prefix(1);
        }
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
            return std::string(pair.substr(name.size() + 1));
        }
    }
    return {};
}

}  // namespace gateproof::gateway
