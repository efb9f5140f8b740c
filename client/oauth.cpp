#include "client/oauth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "client/base/encoding.hpp"
#include "client/base/json.hpp"

namespace gateproof::client {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using std::chrono::system_clock;

constexpr const char* oauth_path = "/gateway3/oauth/";
constexpr std::size_t longest_token = 16 * 1024;
constexpr int endless = 20;  // as often as a fault does what it should not do at all

/// Seconds; the published samples have a number in one place and a text in the
/// others. Nothing: not said.
std::optional<seconds> lifetime(const json& answer) {
    constexpr long long longest = 10LL * 365 * 86400;
    const auto found = answer.find("expires_in");
    if (found == answer.end()) {
        return std::nullopt;
    }
    long long value = -1;
    if (found->is_number_integer()) {
        value = found->get<long long>();
    } else if (found->is_string()) {
        const auto& text = found->get_ref<const std::string&>();
        const bool digits =
            !text.empty() && text.size() < 12 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
        value = digits ? std::stoll(text) : -1;
    }
    return value < 0 || value > longest ? std::nullopt : std::optional(seconds(value));
}

bool has_unknown_members(const json& answer) {
    constexpr std::array<std::string_view, 5> known{"access_token", "token_type", "expires_in", "refresh_token",
                                                    "scope"};
    const auto& members = answer.get_ref<const json::object_t&>();
    return std::ranges::any_of(members, [&known](const auto& member) {
        return std::ranges::find(known, std::string_view(member.first)) == known.end();
    });
}

/// RFC 6749 5.1: printable ASCII, and of a size that a header takes.
bool is_token(const std::string& text) {
    return !text.empty() && text.size() <= longest_token &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && static_cast<unsigned char>(c) < 0x7f; });
}

}  // namespace

LoginRequest begin_login(const Url& authority, const OAuthSettings& settings, std::uint16_t port,
                         const FaultSet& faults) {
    LoginRequest login;
    login.state = base64url(random_bytes(32));
    if (faults.has("constant-state")) {
        login.state = "state-of-this-client-0123456789";
    }
    if (faults.has("long-state")) {
        login.state.resize(250, 'x');
    }
    login.verifier = base64url(random_bytes(48));  // 64 characters, RFC 7636 4.1 takes 43 to 128
    if (faults.has("constant-verifier")) {
        login.verifier = std::string(64, 'v');
    }
    const bool plain = faults.has("plain-pkce");
    login.redirect_uri =
        settings.redirect_uri.empty() ? fmt::format("http://127.0.0.1:{}/callback", port) : settings.redirect_uri;
    login.url = fmt::format(
        "https://"
        "{}{}{}authorize?response_type=code&client_id={}&redirect_uri={}&scope={}"
        "&code_challenge={}"
        "&code_challenge_method={}",
        authority.place.text(), authority.path, oauth_path, percent_encoded(settings.client_id),
        percent_encoded(login.redirect_uri),
        percent_encoded(settings.scope + (faults.has("wider-scope") ? " offline_access" : "")),
        plain ? login.verifier : base64url(sha256(login.verifier)), plain ? "plain" : "S256");
    if (!faults.has("no-state")) {
        login.url += "&state=" + percent_encoded(login.state);
    }
    return login;
}

Exchange TokenEndpoint::post(const std::string& path, const std::string& form) {
    Request request{"POST", oauth_path + path, {}, form, false};
    if (faults_.has("secret-in-url")) {
        request.path += "?client_secret=" + percent_encoded(settings_.client_secret);
    }
    request.fields.push_back({"Content-Type", "application/x-www-form-urlencoded;charset=UTF-8"});
    request.fields.push_back({"Accept-Charset", "utf-8"});
    if (settings_.client_secret.empty()) {
        request.body += "&client_id=" + percent_encoded(settings_.client_id);
    } else {
        // RFC 6749 2.3.1: each half is form-encoded before they are joined.
        request.fields.push_back({"Authorization", "Basic " + base64(percent_encoded(settings_.client_id) + ':' +
                                                                     percent_encoded(settings_.client_secret))});
    }
    for (int repetition = 0;; ++repetition) {
        Exchange exchange = http_.exchange(request);
        const unsigned status = exchange.answer.status;
        if (!exchange.problem.empty() || (status != 429 && status != 503)) {
            return exchange;
        }
        if (faults_.has("hammers-authority")) {
            if (repetition < endless) {
                continue;
            }
            return exchange;
        }
        const auto told = retry_after(exchange.answer.field("retry-after"), system_clock::now());
        const auto wait = wait_before(repetition, told, retries_, random_fraction());
        if (!wait || pause_until(Clock::now() + *wait, stop_) == Wait::stopped) {
            exchange.problem = "the authority is busy, and asks to come back later";
            return exchange;
        }
    }
}

Granted TokenEndpoint::read(const Exchange& exchange) {
    Granted granted;
    if (!exchange.problem.empty()) {
        granted.problem = "no tokens: " + exchange.problem;
        return granted;
    }
    const json answer = parse_bounded(exchange.answer.body);
    if (exchange.answer.status != 200 || !answer.is_object()) {
        const std::string error = answer.is_object() ? text_member(answer, "error") : std::string();
        // Published with 401, RFC 6749 5.2 has it with 400: the word decides, and
        // the status where there is none.
        granted.login_needed =
            error == "invalid_grant" || exchange.answer.status == 400 || exchange.answer.status == 401;
        granted.problem = fmt::format("the authority gave no tokens (status {}{})", exchange.answer.status,
                                      error == "invalid_grant" ? ", invalid_grant" : "");
        return granted;
    }
    granted.tokens.access = text_member(answer, "access_token");
    granted.tokens.refresh = text_member(answer, "refresh_token");
    const bool bearer = lower_case(text_member(answer, "token_type")) == "bearer";
    if (!is_token(granted.tokens.access) || !bearer ||
        (!granted.tokens.refresh.empty() && !is_token(granted.tokens.refresh))) {
        granted.tokens = Tokens();
        granted.problem = "the authority's answer holds no bearer token";
        return granted;
    }
    const auto given = answer.find("expires_in");
    if ((faults_.has("chokes-on-string") && given != answer.end() && given->is_string()) ||
        (faults_.has("chokes-on-members") && has_unknown_members(answer))) {
        granted.tokens = Tokens();
        granted.problem = "the authority's answer cannot be read";
        return granted;
    }
    if (const auto lasts = lifetime(answer)) {
        const auto now = system_clock::now();
        granted.tokens.expires = now + *lasts;
        granted.tokens.refresh_at = now + *lasts - std::min(seconds(30), *lasts / 5);
    }
    return granted;
}

Granted TokenEndpoint::ask(const std::string& form) {
    Granted granted = read(post("token", form));
    for (int i = 0; i < endless && granted.login_needed && faults_.has("loops-on-invalid-grant"); ++i) {
        granted = read(post("token", form));
    }
    return granted;
}

Granted TokenEndpoint::exchange_code(const std::string& code, const LoginRequest& login) {
    const std::string home = login.redirect_uri + (faults_.has("other-redirect-uri") ? "/other" : "");
    const std::string form = fmt::format("grant_type=authorization_code&code={}&redirect_uri={}&code_verifier={}",
                                         percent_encoded(code), percent_encoded(home), login.verifier);
    Granted granted = ask(form);
    if (!granted.problem.empty() && faults_.has("code-twice")) {
        granted = ask(form);
    }
    return granted;
}

Granted TokenEndpoint::refresh(const std::string& refresh_token) {
    Granted granted = ask("grant_type=refresh_token&refresh_token=" + percent_encoded(refresh_token));
    const bool none_new = granted.tokens.refresh.empty() && !faults_.has("forgets-refresh-token");
    if (granted.problem.empty() && (none_new || faults_.has("keeps-first-refresh-token"))) {
        granted.tokens.refresh = refresh_token;  // RFC 6749 6: without a new one the old one stays
    }
    return granted;
}

std::string TokenEndpoint::revoke(const std::string& token) {
    const Exchange exchange = post("revoke", "token=" + percent_encoded(token));
    if (!exchange.problem.empty()) {
        return exchange.problem;
    }
    return exchange.answer.status == 200
               ? std::string()
               : fmt::format("the authority did not revoke the token (status {})", exchange.answer.status);
}

}  // namespace gateproof::client
