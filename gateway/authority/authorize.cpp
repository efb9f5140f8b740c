// The authorization endpoint and the pages behind it: RFC 6749 4.1.1 and 4.1.2, RFC 7636, RFC 8252.
#include <algorithm>

#include "gateway/authority/authority.hpp"
#include "gateway/authority/pages.hpp"
#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {

namespace http = boost::beast::http;

namespace {

constexpr std::string_view browser_cookie = "gateproof_browser";
constexpr std::string_view session_cookie = "gateproof_session";
constexpr std::string_view cookie_rules = "; Path=/gateway3/oauth; Secure; HttpOnly; SameSite=Lax";
constexpr std::string_view published_scope = "MYIR.Services";
constexpr std::string_view offline_scope = "offline_access";
constexpr std::size_t longest_state = 200;
constexpr std::size_t challenge_size = 43;  // base64url of SHA-256
constexpr int most_failed_logins = 5;

/// Every word is a scope that this authority knows, and the published one is among them.
bool scope_known(std::string_view scope) {
    bool published = false;
    while (!scope.empty()) {
        const std::string_view word = scope.substr(0, scope.find(' '));
        scope.remove_prefix(std::min(scope.size(), word.size() + 1));
        published = published || word == published_scope;
        if (word != published_scope && word != offline_scope) {
            return false;
        }
    }
    return published;
}

bool is_challenge(std::string_view text) {
    return text.size() == challenge_size && from_base64url(text).has_value();
}

std::string error_parameters(std::string_view code, std::string_view description) {
    return "error=" + std::string(code) + "&error_description=" + percent_encoded(description);
}

/// What is wrong with the request in a way that its client may be told; empty: nothing.
std::string refused_parameters(const Form& form, const OAuthClient& client, const Transaction& transaction,
                               const FaultSet& faults) {
    if (const std::string twice = form.repeated(); !twice.empty()) {
        return error_parameters("invalid_request", "A parameter is given twice");
    }
    if (form.get("response_type") == nullptr) {
        return error_parameters("invalid_request", "The response_type is missing");
    }
    if (form.text("response_type") != "code") {
        return error_parameters("unsupported_response_type", "Only the code flow is supported");
    }
    if (transaction.state.size() >= longest_state) {
        return error_parameters("invalid_request", "The state is longer than 199 characters");
    }
    if (!scope_known(transaction.scope) && !faults.has("unknown-scope-granted")) {
        return error_parameters(faults.has("unknown-scope-misnamed") ? "invalid_request" : "invalid_scope",
                                "The scope is not known");
    }
    if (transaction.challenge.empty() && client.native() && !faults.has("native-pkce-optional")) {
        return error_parameters("invalid_request", "Native applications use PKCE (code_challenge is missing)");
    }
    if (transaction.challenge.empty()) {
        return form.get("code_challenge_method") == nullptr
                   ? std::string()
                   : error_parameters("invalid_request", "The code_challenge is missing");
    }
    // RFC 7636 4.3: without a method it would be "plain", which is not supported.
    if (form.text("code_challenge_method") != "S256" || !is_challenge(transaction.challenge)) {
        return error_parameters("invalid_request", "Only code_challenge_method S256 is supported");
    }
    return {};
}

/// OA: under 200 characters of these.
bool is_published_state(std::string_view state) {
    constexpr std::string_view special = "-.?,:/\\+=$#'_";
    constexpr std::size_t longest = 199;
    return state.size() <= longest && std::ranges::all_of(state, [&](char c) {
               const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
               return word || special.find(c) != std::string_view::npos;
           });
}

}  // namespace

Response Authority::page(const Request& request, unsigned status, const std::string& html,
                         std::string_view redirect_uri) const {
    const bool framable = faults_.has("pages-framable");
    Response response{http::int_to_status(status), request.version()};
    response.set(http::field::content_type, "text/html; charset=utf-8");
    response.set(http::field::cache_control, "no-store");
    response.set("Content-Security-Policy", content_security_policy(redirect_uri, framable, by_script_));
    response.set("X-Content-Type-Options", "nosniff");
    response.set("Referrer-Policy", "no-referrer");
    if (!framable) {
        response.set("X-Frame-Options", "DENY");
    }
    response.keep_alive(request.keep_alive());
    response.body() = by_script_ ? by_script(html) : html;
    response.prepare_payload();
    return response;
}

Response Authority::send_back(const Request& request, const Transaction& transaction,
                              const std::string& parameters) const {
    std::string location = transaction.redirect_uri;
    location += location.find('?') == std::string::npos ? '?' : '&';
    location += parameters;
    if (!transaction.state.empty() && !faults_.has("state-dropped")) {
        const std::string_view returned =
            std::string_view(transaction.state).substr(0, faults_.has("state-cut-short") ? 128 : std::string::npos);
        const std::string state = percent_encoded(returned);
        location += "&state=" + (faults_.has("state-encoded-twice") ? percent_encoded(state) : state);
    }
    Response response{http::status::see_other, request.version()};
    response.set(http::field::location, location);
    response.set(http::field::cache_control, "no-store");
    response.set("Referrer-Policy", "no-referrer");
    response.keep_alive(request.keep_alive());
    response.prepare_payload();
    return response;
}

std::string Authority::session_user(const Request& request) {
    const LoginSession* const session = store_.sessions.find(cookie_of(request, session_cookie), now());
    return session == nullptr ? std::string() : session->user;
}

Response Authority::authorize(const Request& request, std::string_view query) {
    const std::optional<Form> form = Form::parse(query);
    const OAuthClient* const client = form ? clients_.find(form->text("client_id")) : nullptr;
    if (client == nullptr) {
        return page(request, 400, error_page("Unknown application", "This application is not registered here."), {});
    }
    // RFC 6749 4.1.2.1: with a wrong redirect URI nothing is redirected.
    if (!redirect_uri_allowed(*client, form->text("redirect_uri"), faults_) ||
        faults_.has("own-redirect-not-registered")) {
        return page(request, 400,
                    error_page("Wrong address", "The address that you were to be sent back to is not registered."), {});
    }
    Transaction transaction;
    transaction.client_id = client->id;
    transaction.redirect_uri = form->text("redirect_uri");
    transaction.scope = form->text("scope");
    transaction.state = form->text("state");
    transaction.challenge = form->text("code_challenge");
    transaction.prompt = form->text("prompt");
    if (faults_.has("unknown-scope-ignored") && !scope_known(transaction.scope)) {
        transaction.scope = published_scope;
    }
    if (!is_published_state(transaction.state)) {
        return page(request, 400, error_page("Wrong state", "The application sent a state that is not allowed."), {});
    }
    const std::string refused = refused_parameters(*form, *client, transaction, faults_);
    if (!refused.empty()) {
        return send_back(request, transaction, refused);
    }
    transaction.user = transaction.prompt == "login" ? std::string() : session_user(request);
    if (transaction.user.empty() && transaction.prompt.empty() && faults_.has("login-skipped")) {
        transaction.user = fixture_.user_of_role("user").name;
        return grant_code(request, transaction);
    }
    transaction.browser = cookie_of(request, browser_cookie);
    const bool new_browser = transaction.browser.size() < 20;
    if (new_browser) {
        transaction.browser = random_token(18);
    }
    transaction.csrf = random_token(18);
    const std::string id = random_token(18);
    const Transaction& kept = store_.transactions.add(id, transaction, now());
    Response response = kept.user.empty() ? login_form(request, id, kept, {}, {}, 200) : go_on(request, id, kept);
    if (new_browser) {
        response.insert(http::field::set_cookie,
                        std::string(browser_cookie) + '=' + kept.browser + std::string(cookie_rules));
    }
    return response;
}

Response Authority::login_form(const Request& request, const std::string& id, const Transaction& transaction,
                               std::string_view user, std::string_view error, unsigned status) const {
    const OAuthClient* const client = clients_.find(transaction.client_id);
    return page(request, status,
                login_page({client == nullptr ? std::string_view() : client->name, id, transaction.csrf, user, error}),
                transaction.redirect_uri);
}

Transaction* Authority::transaction_of(const Request& request, const Form& form) {
    Transaction* const transaction = store_.transactions.find(form.text("transaction"), now());
    const bool ours = transaction != nullptr && same_secret(transaction->browser, cookie_of(request, browser_cookie)) &&
                      same_secret(transaction->csrf, form.text("csrf"));
    return ours ? transaction : nullptr;
}

Response Authority::log_in(const Request& request) {
    const std::optional<Form> form = Form::parse(request.body());
    Transaction* const transaction = form ? transaction_of(request, *form) : nullptr;
    if (transaction == nullptr) {
        return page(request, 400, error_page("Log in again", "This login has ended. Go back to the application."), {});
    }
    const std::string id = form->text("transaction");
    const User* const user = fixture_.user(form->text("username"));
    const bool fits = user != nullptr && (faults_.has("password-unchecked") ||
                                          same_secret(sha256(user->password), sha256(form->text("password"))));
    if (!fits) {
        if (++transaction->failed_logins >= most_failed_logins) {
            store_.transactions.erase(id);
            return page(request, 400, error_page("Too many attempts", "Go back to the application and begin again."),
                        {});
        }
        return login_form(request, id, *transaction, form->text("username"),
                          "User name or password is wrong. Check both and try again.", 422);
    }
    transaction->user = user->name;
    transaction->csrf = random_token(18);
    const std::string session = random_token(24);  // a new one: what a stranger may have planted is not used
    store_.sessions.add(session, {user->name}, now());
    Response response = go_on(request, id, *transaction);
    response.insert(http::field::set_cookie, std::string(session_cookie) + '=' + session + std::string(cookie_rules));
    return response;
}

Response Authority::go_on(const Request& request, const std::string& id, const Transaction& transaction) {
    const bool consented = store_.consents.contains({transaction.user, transaction.client_id, transaction.scope});
    if (!asks_consent_ || (consented && transaction.prompt != "consent")) {
        // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): the original ends with the next line.
        const Transaction done = transaction;
        store_.transactions.erase(id);
        return grant_code(request, done);
    }
    Response response{http::status::see_other, request.version()};
    response.set(http::field::location, "/gateway3/oauth/consent?transaction=" + id);
    response.set(http::field::cache_control, "no-store");
    response.keep_alive(request.keep_alive());
    response.prepare_payload();
    return response;
}

Response Authority::show_consent(const Request& request, std::string_view query) {
    const std::optional<Form> form = Form::parse(query);
    const std::string id = form ? form->text("transaction") : std::string();
    const Transaction* const transaction = store_.transactions.find(id, now());
    const bool ours = transaction != nullptr && !transaction->user.empty() &&
                      same_secret(transaction->browser, cookie_of(request, browser_cookie));
    if (!ours) {
        return page(request, 400, error_page("Log in again", "This login has ended. Go back to the application."), {});
    }
    const OAuthClient* const client = clients_.find(transaction->client_id);
    return page(request, 200,
                consent_page({client == nullptr ? std::string_view() : client->name, transaction->user,
                              transaction->scope, id, transaction->csrf}),
                transaction->redirect_uri);
}

Response Authority::decide(const Request& request) {
    const std::optional<Form> form = Form::parse(request.body());
    Transaction* const transaction = form ? transaction_of(request, *form) : nullptr;
    if (transaction == nullptr || transaction->user.empty()) {
        return page(request, 400, error_page("Log in again", "This login has ended. Go back to the application."), {});
    }
    const Transaction decided = *transaction;
    store_.transactions.erase(form->text("transaction"));
    if (form->text("decision") == "allow") {
        store_.consents.insert({decided.user, decided.client_id, decided.scope});
        return grant_code(request, decided);
    }
    return faults_.has("denied-consent-grants")
               ? grant_code(request, decided)
               : send_back(request, decided, error_parameters("access_denied", "The user refused access"));
}

Response Authority::grant_code(const Request& request, const Transaction& transaction) {
    Grant grant;
    grant.client_id = transaction.client_id;
    grant.redirect_uri = transaction.redirect_uri;
    grant.user = transaction.user;
    grant.scope = transaction.scope;
    grant.challenge = transaction.challenge;
    const std::string code = random_token(32);
    store_.codes.add(code, std::move(grant), now());
    return send_back(request, transaction, "code=" + code);
}

}  // namespace gateproof::gateway
