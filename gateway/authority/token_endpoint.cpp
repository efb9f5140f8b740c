// Token, introspection and revocation endpoints: RFC 6749 4.1.3, 5 and 6, RFC 7636 4.6, RFC 7662, RFC 7009.
#include <nlohmann/json.hpp>

#include <algorithm>

#include "gateway/authority/authority.hpp"
#include "gateway/authority/pages.hpp"
#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {

namespace http = boost::beast::http;
using nlohmann::json;

namespace {

using namespace std::chrono_literals;

constexpr auto learnt_after = 3s;  ///< of what a fault makes known late
constexpr std::string_view basic = "Basic ";
constexpr std::string_view form_type = "application/x-www-form-urlencoded";

Response json_answer(const Request& request, unsigned status, const json& body) {
    Response response{http::int_to_status(status), request.version()};
    response.set(http::field::content_type, "application/json");
    response.set(http::field::cache_control, "no-store");
    response.set(http::field::pragma, "no-cache");
    response.keep_alive(request.keep_alive());
    response.body() = body.dump(-1, ' ', false, json::error_handler_t::replace);
    response.prepare_payload();
    return response;
}

std::string_view header(const Request& request, http::field name) {
    const auto found = request.find(name);
    return found == request.end() ? std::string_view() : std::string_view(found->value().data(), found->value().size());
}

/// Id and secret of an Authorization header; empty optional: it is none that can be read.
std::optional<std::pair<std::string, std::string>> basic_credentials(std::string_view value) {
    const auto pair = from_base64(value.substr(basic.size()));
    const std::size_t colon = pair ? pair->find(':') : std::string::npos;
    if (colon == std::string::npos) {
        return std::nullopt;
    }
    auto id = form_decoded(std::string_view(*pair).substr(0, colon));
    auto secret = form_decoded(std::string_view(*pair).substr(colon + 1));
    if (!id || !secret) {
        return std::nullopt;
    }
    return std::pair{std::move(*id), std::move(*secret)};
}

/// A form, and of the kind that it has to be; nothing otherwise.
std::optional<Form> posted_form(const Request& request) {
    if (!header(request, http::field::content_type).starts_with(form_type)) {
        return std::nullopt;
    }
    std::optional<Form> form = Form::parse(request.body());
    return form && form->repeated().empty() ? std::move(form) : std::nullopt;
}

bool has_word(std::string_view scope, std::string_view wanted) {
    while (!scope.empty()) {
        const std::string_view word = scope.substr(0, scope.find(' '));
        scope.remove_prefix(std::min(scope.size(), word.size() + 1));
        if (word == wanted) {
            return true;
        }
    }
    return false;
}

}  // namespace

Response Authority::error(const Request& request, unsigned status, std::string_view code,
                          std::string_view description) const {
    if (faults_.has("error-bodies-html")) {
        return page(request, status, error_page("Error", description), {});
    }
    if (faults_.has("errors-with-one-code")) {
        code = "invalid_request";
    }
    if (faults_.has("errors-with-status-403")) {
        status = 403;
    }
    Response response = json_answer(request, faults_.has("errors-with-status-200") ? 200 : status,
                                    {{"error", code}, {"error_description", description}});
    if (status == 401) {
        response.set(http::field::www_authenticate, "Basic realm=\"gateproof\"");
    }
    return response;
}

const OAuthClient* Authority::authenticate(const Request& request, const Form& form, bool may_be_public,
                                           Response& refusal) {
    const auto refuse = [&](std::string_view why) {
        refusal = error(request, 401, "invalid_client", why);
        return nullptr;
    };
    const std::string_view authorization = header(request, http::field::authorization);
    if (authorization.empty()) {
        const OAuthClient* const client = clients_.find(form.text("client_id"));
        const bool enough =
            client != nullptr && may_be_public && (client->native() || faults_.has("client-authentication-optional"));
        return enough ? client : refuse("The client did not authenticate");
    }
    const auto credentials = authorization.starts_with(basic) ? basic_credentials(authorization)
                                                              : std::optional<std::pair<std::string, std::string>>();
    const OAuthClient* const client = credentials ? clients_.find(credentials->first) : nullptr;
    if (client == nullptr || client->native()) {
        return refuse("The client is not known");
    }
    if (!same_secret(sha256(client->secret), sha256(credentials->second)) && !faults_.has("client-secret-unchecked")) {
        return refuse("The client's secret is wrong");
    }
    const std::string* const named = form.get("client_id");
    return named == nullptr || *named == client->id ? client : refuse("Two clients are named");
}

bool Authority::gets_refresh_token(const OAuthClient& client, std::string_view scope) const {
    if (!client.native()) {
        return !faults_.has("refresh-token-missing");
    }
    return faults_.has("native-refresh-token") ||
           (faults_.has("native-offline-scope") && has_word(scope, "offline_access"));
}

Response Authority::token(const Request& request, std::string_view query) {
    // IA 2.1: a request says how long it is.
    if (request.chunked() && !faults_.has("token-length-unneeded")) {
        return error(request, 411, "invalid_request", "The Content-Length is missing");
    }
    std::optional<Form> form = posted_form(request);
    if (form && request.body().empty() && faults_.has("token-query-taken")) {
        form = Form::parse(query);
    }
    if (!form) {
        return error(request, 400, "invalid_request", "The body is not a form with each parameter once");
    }
    Response refusal;
    const OAuthClient* const client = authenticate(request, *form, true, refusal);
    if (client == nullptr) {
        return refusal;
    }
    const std::string grant = form->text("grant_type");
    if (grant == "authorization_code") {
        return exchange_code(request, *form, *client);
    }
    if (grant == "refresh_token") {
        return refresh(request, *form, *client);
    }
    return grant.empty() ? error(request, 400, "invalid_request", "The grant_type is missing")
                         : error(request, 400, "unsupported_grant_type", "This grant_type is not supported");
}

Response Authority::exchange_code(const Request& request, const Form& form, const OAuthClient& client) {
    const std::string* const code = form.get("code");
    if (code == nullptr) {
        return error(request, 400, "invalid_request", "The code is missing");
    }
    const auto refuse = [&](std::string_view why) { return error(request, 401, "invalid_grant", why); };
    Grant* const grant = store_.codes.find(*code, now());
    if (grant == nullptr) {
        return refuse("The code is not known or has expired");
    }
    if (grant->client_id != client.id && !faults_.has("code-not-bound-to-client")) {
        return refuse("The code was given to another client");
    }
    if (grant->used && !faults_.has("code-reusable")) {
        // RFC 6749 4.1.2: somebody else may have used it first.
        Family* const family = store_.families.find(grant->family, now());
        if (family != nullptr && !faults_.has("code-reuse-keeps-tokens")) {
            revoke_family(*family);
        }
        return refuse("The code was used before");
    }
    if (form.text("redirect_uri") != grant->redirect_uri && !faults_.has("code-not-bound-to-redirect-uri")) {
        return refuse("The redirect_uri is not that of the code");
    }
    const std::string* const verifier = form.get("code_verifier");
    if (verifier == nullptr && !grant->challenge.empty() && !faults_.has("pkce-verifier-optional")) {
        return refuse("The code_verifier is missing");
    }
    if (verifier != nullptr) {
        // RFC 9700 4.8.2: a verifier without a challenge is a downgrade.
        const bool fits = grant->challenge.empty() ? faults_.has("pkce-downgrade-accepted")
                                                   : base64url(sha256(*verifier)) == grant->challenge ||
                                                         faults_.has("pkce-verifier-unchecked");
        if (!fits) {
            return refuse("The code_verifier does not fit the code_challenge");
        }
    }
    grant->used = true;
    if (grant->family.empty()) {
        grant->family = random_token(18);
        store_.families.add(grant->family, Family{client.id, grant->user, grant->scope, {}, false}, now());
    }
    return issue(request, client, grant->family, {});
}

Response Authority::refresh(const Request& request, const Form& form, const OAuthClient& client) {
    const std::string* const token = form.get("refresh_token");
    if (token == nullptr) {
        return error(request, 400, "invalid_request", "The refresh_token is missing");
    }
    if (client.native() && !faults_.has("native-refresh-token") && !faults_.has("native-offline-scope")) {
        const TokenReading reading = tokens_.read(*token);
        if (reading.claims && faults_.has("native-refresh-grant")) {
            const std::string family = random_token(18);
            store_.families.add(family, Family{client.id, reading.claims->subject, reading.claims->scope, {}, false},
                                now());
            return issue(request, client, family, {});
        }
        return error(request, 400, "unauthorized_client", "Native applications log their users in again");
    }
    RefreshToken* const found = store_.refresh_tokens.find(*token, now());
    Family* const family = found == nullptr ? nullptr : store_.families.find(found->family, now());
    const bool ours =
        family != nullptr && (family->client_id == client.id || faults_.has("refresh-token-not-bound-to-client"));
    const bool learnt_late = ours && faults_.has("refresh-reuse-learnt-late");
    if (!ours || (family->revoked && !(learnt_late && now() < family->revoked_at + learnt_after))) {
        return error(request, 401, "invalid_grant", "The refresh token is not known or was revoked");
    }
    const bool keeps = faults_.has("refresh-token-not-rotated");
    const auto moment = std::chrono::steady_clock::now();
    const bool late = faults_.has("refresh-token-taken-late") && moment - found->used_at < std::chrono::seconds(3);
    if (found->used && !keeps && !late && !faults_.has("refresh-token-reusable")) {
        if (!faults_.has("refresh-reuse-tolerated")) {
            revoke_family(*family);
        }
        return error(request, 401, "invalid_grant", "The refresh token was used before");
    }
    found->used_at = found->used ? found->used_at : moment;
    found->used = true;
    return issue(request, client, found->family, keeps ? *token : std::string());
}

Response Authority::issue(const Request& request, const OAuthClient& client, const std::string& family_id,
                          const std::string& kept_refresh_token) {
    Family& family = *store_.families.find(family_id, now());
    AccessClaims claims = tokens_.claims_for(family.user, client.id, family.scope);
    if (faults_.has("token-lives-longer")) {
        claims.expires_at += std::int64_t{16} * 3600;
    }
    family.token_ids.push_back(claims.id);
    const std::int64_t expires_in = claims.expires_at - claims.issued_at;
    if (faults_.has("token-outlives-its-word")) {
        claims.expires_at += std::int64_t{16} * 3600;
    }
    json body{{"access_token", tokens_.sign(claims)},
              {"token_type", "Bearer"},
              {"expires_in", std::to_string(expires_in)},  // OA: a string
              {"scope", family.scope}};
    if (!kept_refresh_token.empty()) {
        body["refresh_token"] = kept_refresh_token;
    } else if (gets_refresh_token(client, family.scope)) {
        const std::string token = random_token(32);
        store_.refresh_tokens.add(token, RefreshToken{family_id, false}, now());
        body["refresh_token"] = token;
    }
    if (faults_.has("token-type-missing")) {
        body.erase("token_type");
    }
    Response response = json_answer(request, 200, body);
    if (faults_.has("token-response-cacheable")) {
        response.set(http::field::cache_control, "max-age=3600");
        response.erase(http::field::pragma);
    }
    return response;
}

void Authority::revoke_family(Family& family) {
    family.revoked_at = family.revoked ? family.revoked_at : now();
    family.revoked = true;
    for (const std::string& id : family.token_ids) {
        tokens_.revoke(id);
    }
}

std::optional<std::string> Authority::active_claims(std::string_view token) {
    const TokenReading reading = tokens_.read(token);
    if (reading.claims) {
        return json{{"active", true},
                    {"scope", reading.claims->scope},
                    {"client_id", reading.claims->client_id},
                    {"username", reading.claims->subject},
                    {"token_type", "Bearer"},
                    {"exp", reading.claims->expires_at},
                    {"iat", reading.claims->issued_at}}
            .dump();
    }
    const RefreshToken* const found = store_.refresh_tokens.find(token, now());
    const Family* const family = found == nullptr ? nullptr : store_.families.find(found->family, now());
    if (family == nullptr || family->revoked || found->used) {
        return std::nullopt;
    }
    return json{{"active", true}, {"client_id", family->client_id}, {"username", family->user}}.dump();
}

Response Authority::introspect(const Request& request) {
    const std::optional<Form> form = posted_form(request);
    const std::string* const token = form ? form->get("token") : nullptr;
    if (token == nullptr) {
        return faults_.has("introspection-of-nothing") ? json_answer(request, 200, {{"active", false}})
                                                       : error(request, 400, "invalid_request", "The token is missing");
    }
    Response refusal;
    // RFC 7662 2.1: who may ask must be known; a public client is known by its name alone and hears of its own tokens.
    const OAuthClient* const client = authenticate(request, *form, true, refusal);
    if (client == nullptr && !faults_.has("introspection-open")) {
        return faults_.has("introspection-wrong-client-misnamed")
                   ? error(request, 400, "invalid_request", "The client is not known")
                   : std::move(refusal);
    }
    const std::optional<std::string> active = active_claims(*token);
    const json answer = active ? json::parse(*active) : json{{"active", faults_.has("introspection-blind")}};
    const bool foreign = client != nullptr && active && answer["client_id"] != client->id;
    return foreign && !faults_.has("introspection-of-others")
               ? error(request, 400, "unauthorized_client", "The token is another client's")
               : json_answer(request, 200, answer);
}

Response Authority::revoke(const Request& request) {
    const std::optional<Form> form = posted_form(request);
    const std::string* const token = form ? form->get("token") : nullptr;
    if (token == nullptr) {
        return error(request, 400, "invalid_request", "The token is missing");
    }
    Response refusal;
    const OAuthClient* const client = authenticate(request, *form, true, refusal);
    if (client == nullptr) {
        return refusal;
    }
    if (!faults_.has("revocation-ignored")) {
        const TokenReading reading = tokens_.read(*token);
        if (reading.claims && reading.claims->client_id == client->id) {
            tokens_.revoke(reading.claims->id, now() + (faults_.has("revocation-learnt-late") ? learnt_after : 0s));
        }
        const RefreshToken* const found = store_.refresh_tokens.find(*token, now());
        Family* const family = found == nullptr ? nullptr : store_.families.find(found->family, now());
        if (family != nullptr && family->client_id == client->id) {
            revoke_family(*family);
        }
    }
    // RFC 7009 2.2: an unknown token is no error.
    Response response{http::status::ok, request.version()};
    response.set(http::field::cache_control, "no-store");
    response.keep_alive(request.keep_alive());
    response.prepare_payload();
    return response;
}

}  // namespace gateproof::gateway
