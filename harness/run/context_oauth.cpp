// The part of Context that speaks with the authority: what it notes is redacted before it is written down.
#include <fmt/format.h>

#include <utility>

#include "harness/probe/oauth/oauth.hpp"
#include "harness/run/context.hpp"
#include "harness/run/target.hpp"
#include "harness/run/tokens.hpp"

namespace gateproof {

namespace asio = boost::asio;

namespace {

/// Names of the members of a JSON answer, with how long their texts are: never a text.
std::string members(const oauth::TokenAnswer& answer) {
    constexpr std::size_t most = 12;
    std::string out;
    for (const std::string& name : answer.names) {
        if (answer.names.size() > most && &name == &answer.names[most]) {
            return out + ", ...";
        }
        out += (out.empty() ? "" : ", ") + oauth::shown(name);
        const bool secret = name.ends_with("token");
        if (secret) {
            out += fmt::format(" ({} bytes)", answer.text(name).size());
        }
    }
    return out;
}

/// "https://client.example/callback with code, state": a query's names without its values.
std::string bare_location(std::string_view location) {
    const std::size_t query = std::min(location.find_first_of("?#"), location.size());
    std::string out = oauth::shown_url(location);
    std::string_view joint = " with ";
    for (const auto& [name, value] : oauth::parse_query(location.substr(std::min(query + 1, location.size())))) {
        out.append(joint).append(oauth::shown(name));
        if (name == "error") {
            out += '=' + oauth::shown(value);
        }
        joint = ", ";
    }
    return out;
}

void note_exchange(Evidence& evidence, const HttpRequest& request, const HttpOutcome& outcome) {
    const std::string path = request.path.substr(0, request.path.find('?'));
    Observation& observation = evidence.add("oauth_exchange")
                                   .with("request", fmt::format("{} {}", request.method, path))
                                   .with("authority", request.endpoint.authority())
                                   .with("result", outcome.summary())
                                   .with("duration_us", outcome.total.count());
    if (!outcome.detail.empty()) {
        observation.with("detail", outcome.detail);
    }
    if (!outcome.response) {
        return;
    }
    for (const std::string_view name :
         {"content-type", "cache-control", "x-frame-options", "content-security-policy", "www-authenticate"}) {
        if (const std::string* value = outcome.response->header(name)) {
            observation.with(fmt::format("header_{}", name), *value);
        }
    }
    if (const std::string* location = outcome.response->header("location")) {
        observation.with("location", bare_location(*location));
    }
    observation.with("body_bytes", outcome.response->body.size());
    const oauth::TokenAnswer answer = oauth::read_token_answer(outcome);
    if (answer.content_type.find("json") != std::string::npos || !answer.names.empty()) {
        observation.with("members", members(answer));
        for (const char* name : {"error", "error_description"}) {
            if (answer.has(name)) {
                observation.with(name, oauth::shown(answer.text(name)));
            }
        }
        if (!answer.malformed.empty()) {
            observation.with("malformed", answer.malformed);
        }
    }
}

}  // namespace

void Context::keep_secret(std::string_view value) {
    target_.redactor().add(value);
}

std::shared_ptr<const Trust> Context::trust_for(const Endpoint& endpoint, bool by_proxy) const {
    return target_.tokens().trust_for(endpoint, by_proxy);
}

asio::awaitable<AccessToken> Context::access_token(std::string role) {
    AccessToken token = co_await target_.tokens().access_token(role);
    if (!token.ok() && withheld_.empty()) {
        withheld_ = target_.tokens().withheld();
    }
    evidence_.add("access_token").with("role", role).with("result", token.ok() ? "there is one" : token.problem);
    co_return token;
}

asio::awaitable<LoggedIn> Context::login(std::string role) {
    LoggedIn result = co_await target_.tokens().login(role);
    if (!result.ok() && withheld_.empty()) {
        withheld_ = target_.tokens().withheld();
    }
    evidence_.add("access_token")
        .with("role", role)
        .with("result", result.ok() ? "logged in, shared with other checks" : result.token.problem);
    co_return result;
}

asio::awaitable<HttpOutcome> Context::oauth_http(HttpRequest request) {
    const Permit slot = co_await permit();
    request.trust = trust_for(request.endpoint);
    request.connect_timeout = profile().limits.connect_timeout;
    request.timeout = profile().limits.probe_timeout;
    const HttpRequest sent = request;
    HttpOutcome outcome = co_await target_.http().send(std::move(request));
    for (const std::string& secret : oauth::secrets_of(outcome)) {
        keep_secret(secret);
    }
    if (outcome.end == Ending::unproven) {
        note_withheld(sent.endpoint, outcome.detail, "what the authority alone may know");
    }
    note_exchange(evidence_, sent, outcome);
    co_return outcome;
}

}  // namespace gateproof
