#include "harness/probe/oauth/oauth.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <stdexcept>

#include "harness/text/ascii.hpp"
#include "harness/text/encoding.hpp"

namespace gateproof::oauth {
namespace {

std::string ascii(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out.push_back(c >= 0x20 && c < 0x7f ? c : '?');
    }
    return out;
}

std::string form_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high >= 0 && low >= 0) {
            out.push_back(static_cast<char>(high << 4 | low));
            i += 2;
        } else {
            out.push_back(text[i] == '+' ? ' ' : text[i]);
        }
    }
    return out;
}

HttpRequest post_form(const Authority& authority, const std::string& path, const OAuthClient& client,
                      Parameters parameters, ClientAuthentication how) {
    HttpRequest request;
    request.endpoint = authority.endpoint;
    request.method = "POST";
    request.path = path;
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
    if (how == ClientAuthentication::automatic && client.confidential()) {
        request.headers.emplace_back("Authorization", "Basic " + client.basic());
    } else if (how != ClientAuthentication::none) {
        parameters.emplace_back("client_id", client.id);
    }
    request.body = form_encoded(parameters);
    request.keep_connection = true;
    return request;
}

/// Of an alphabet, so that a state of 24 characters has 96 bits.
constexpr std::size_t fewest_characters = 16;

std::string random_bytes(std::size_t count) {
    std::string random(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), static_cast<int>(count)) != 1) {
        throw std::runtime_error("this machine has no random bytes");
    }
    return random;
}

}  // namespace

std::string random_text(std::size_t bytes) {
    return base64url(random_bytes(bytes));
}

std::string random_state(const Authority& authority, std::size_t length) {
    const std::string& all = authority.state_alphabet;
    std::string from;
    std::ranges::copy_if(all.empty() ? Authority().state_alphabet : all, std::back_inserter(from), is_alphanumeric);
    if (from.size() < fewest_characters) {
        from = all;
    }
    std::string state = random_bytes(length);
    std::ranges::transform(state, state.begin(),
                           [&from](char byte) { return from[static_cast<unsigned char>(byte) % from.size()]; });
    return state;
}

Pkce Pkce::from(std::string verifier) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size(), digest.data());
    return {std::move(verifier), base64url({reinterpret_cast<const char*>(digest.data()), digest.size()})};
}

Pkce Pkce::fresh() {
    constexpr std::size_t entropy = 32;  // RFC 7636 4.1
    return from(random_text(entropy));
}

std::string form_encoded(const Parameters& parameters) {
    std::string out;
    for (const auto& [name, value] : parameters) {
        out += (out.empty() ? "" : "&") + percent_encoded(name) + '=' + percent_encoded(value);
    }
    return out;
}

Parameters parse_query(std::string_view query) {
    constexpr std::size_t most = 64;
    Parameters parameters;
    while (!query.empty() && parameters.size() < most) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        if (!pair.empty()) {
            parameters.emplace_back(form_decoded(pair.substr(0, equals)),
                                    form_decoded(pair.substr(std::min(equals + 1, pair.size()))));
        }
    }
    return parameters;
}

Parameters AuthorizationRequest::parameters() const {
    Parameters all{{"response_type", response_type}, {"client_id", client_id}, {"redirect_uri", redirect_uri}};
    if (!scope.empty()) {
        all.emplace_back("scope", scope);
    }
    if (!state.empty()) {
        all.emplace_back("state", state);
    }
    if (!code_challenge.empty()) {
        all.emplace_back("code_challenge", code_challenge);
        all.emplace_back("code_challenge_method", code_challenge_method);
    }
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

std::string authorize_target(const Authority& authority, const AuthorizationRequest& request) {
    return authority.endpoint.path_prefix + authority.authorize_path + '?' + form_encoded(request.parameters());
}

HttpRequest token_request(const Authority& authority, const OAuthClient& client, Parameters parameters,
                          ClientAuthentication how) {
    return post_form(authority, authority.token_path, client, std::move(parameters), how);
}

HttpRequest introspection_request(const Authority& authority, const OAuthClient& client, std::string_view token,
                                  ClientAuthentication how) {
    Parameters parameters;
    if (!token.empty()) {
        parameters.emplace_back("token", token);
    }
    return post_form(authority, authority.introspect_path, client, std::move(parameters), how);
}

HttpRequest revocation_request(const Authority& authority, const OAuthClient& client, std::string_view token) {
    return post_form(authority, authority.revoke_path, client, {{"token", std::string(token)}},
                     ClientAuthentication::automatic);
}

Parameters code_grant(const std::string& code, const std::string& redirect_uri, const std::string& verifier) {
    Parameters parameters{{"grant_type", "authorization_code"}, {"code", code}, {"redirect_uri", redirect_uri}};
    if (!verifier.empty()) {
        parameters.emplace_back("code_verifier", verifier);
    }
    return parameters;
}

Parameters refresh_grant(const std::string& token) {
    return {{"grant_type", "refresh_token"}, {"refresh_token", token}};
}

std::string shown(std::string_view text) {
    constexpr std::size_t longest = 60;
    if (text.size() <= longest) {
        return ascii(text);
    }
    const std::size_t space = text.rfind(' ', longest);
    return ascii(text.substr(0, space == std::string_view::npos ? 0 : space + 1)) + "...";
}

std::string shown_url(std::string_view url) {
    constexpr std::size_t longest = 200;
    url = url.substr(0, url.find_first_of("?#"));
    if (url.size() <= longest) {
        return ascii(url);
    }
    const std::size_t scheme = url.find("://");
    const std::size_t path = scheme == std::string_view::npos ? scheme : url.find('/', scheme + 3);
    return path <= longest ? ascii(url.substr(0, path + 1)) + "..." : "...";
}

}  // namespace gateproof::oauth
