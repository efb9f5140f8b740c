#include "suites/gateway/oauth/judge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "harness/text/ascii.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {
namespace {

/// A list with spaces between its words, in which their order says nothing (RFC 6749 3.3, CSP 3 2.3).
std::set<std::string> scope_words_of(std::string_view text) {
    std::set<std::string> words;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        if (!word.empty()) {
            words.emplace(word);
        }
        text.remove_prefix(std::min(text.size(), word.size() + 1));
    }
    return words;
}

/// What the state of a redirect is, compared with the one that was sent; empty: it is the same.
std::string state_fault(const oauth::Authorization& came, const std::string& state) {
    const std::string* const returned = came.parameter("state");
    if (returned == nullptr) {
        return "without the state";
    }
    return *returned == state ? "" : "with another state than was sent";
}

constexpr const char* state_remedy =
    "return the state parameter exactly as it was sent, percent-encoded once, with codes and with errors (RFC 6749 "
    "4.1.2)";

}  // namespace

bool answered(const oauth::Authorization& came) {
    return came.last && came.last->whole();
}

std::optional<Verdict> kept_outside(const oauth::Authorization& came) {
    const int status = !came.returned && answered(came) ? came.last->response->status : 0;
    if (came.splash_page) {
        return Verdict::inconclusive("{}: nothing behind it can be judged from this machine", came.summary())
            .remedy(allow_list_remedy);
    }
    if (!came.login_page && (status == 401 || status == 407)) {
        return Verdict::inconclusive("{}: somebody asks for credentials before the authority answers", came.summary())
            .remedy(allow_list_remedy);
    }
    return std::nullopt;
}

Verdict judge_needs_login(const oauth::Authorization& came) {
    if (!came.code().empty()) {
        return Verdict::fail("a browser in which nobody had logged in was given a code")
            .remedy("give codes only after the user has logged in and consented in this browser");
    }
    if (came.login_page) {
        return Verdict::pass("answered with a login page");
    }
    if (!came.elsewhere.empty()) {
        return Verdict::pass("sent to {} to log in; no code was given", oauth::shown_url(came.elsewhere));
    }
    return Verdict::inconclusive("neither a login page nor a code: {}", came.summary());
}

Verdict judge_own_redirect(const oauth::Authorization& came, const OAuthClient& client) {
    if (std::optional<Verdict> outside = kept_outside(came)) {
        return *outside;
    }
    if (came.login_page || came.returned || !came.elsewhere.empty()) {
        return Verdict::pass("the authority knows the redirect URI {}: {}", client.redirect_uri, came.summary());
    }
    const int status = answered(came) ? came.last->response->status : 0;
    if (!is_client_error(status)) {
        return Verdict::inconclusive("neither a login page nor a redirect: {}", came.summary());
    }
    return Verdict::fail("the authorisation request of client {} with the redirect URI {} ends at an error page ({})",
                         oauth::shown(client.id), oauth::shown_url(client.redirect_uri), came.summary())
        .remedy(
            "have exactly this redirect URI registered for this client and environment, its port included: another port "
            "of the same machine is another URI there; users see this as an invalid request, or take it for code 4");
}

Verdict judge_raced(const oauth::TokenAnswer& one, const oauth::TokenAnswer& other,
                    const std::optional<oauth::TokenAnswer>& after) {
    constexpr const char* advice =
        "let one process alone refresh, and hand the tokens on to the others: whoever refreshes with a token that another "
        "has used logs the user out";
    if (one.granted() && other.granted()) {
        return Verdict::fail("two refreshes with one refresh token at once were both served")
            .remedy(
                "take a refresh token in one step that nothing comes between: it is good for one refresh (IA 2.1.4)");
    }
    const auto told = [](const oauth::TokenAnswer& answer) { return answer.granted() || answer.refused(); };
    if (!told(one) || !told(other) || (after && !told(*after))) {
        return Verdict::inconclusive("two refreshes at once: {} and {}{}", one.summary(), other.summary(),
                                     after ? "; the next one: " + after->summary() : std::string());
    }
    if (!after) {
        return Verdict::warning("of two refreshes with one refresh token at once neither was served ({}, {})",
                                one.summary(), other.summary())
            .remedy(advice);
    }
    const oauth::TokenAnswer& refused = one.granted() ? other : one;
    return Verdict::pass(
        "of two refreshes with one refresh token at once one was served ({}); {}", refused.summary(),
        after->granted() ? "what it gave works on" : "the whole set was revoked then, as for a token that comes twice");
}

Verdict judge_wrong_password(const oauth::Authorization& came) {
    if (!came.login_page) {
        return Verdict::inconclusive("no login page was seen, so no password was asked: {}", came.summary());
    }
    if (!came.code().empty()) {
        return Verdict::fail("a login with a wrong password was given a code")
            .remedy("check the password before the login counts");
    }
    if (came.login_refused) {
        return Verdict::pass("the wrong password was refused, the right one is taken");
    }
    if (answered(came) && is_client_error(came.last->response->status)) {
        return Verdict::pass("the wrong password was answered with HTTP {}", came.last->response->status);
    }
    if (came.returned && came.parameter("error") != nullptr) {
        return Verdict::pass("the wrong password ended the login: {}", came.summary());
    }
    return Verdict::inconclusive("it is not clear what became of a wrong password: {}", came.summary());
}

Verdict judge_state(const SentState& granted, const oauth::Authorization& refused, const SentState& longest) {
    if (const std::string fault = state_fault(granted.came, granted.state); !fault.empty()) {
        return Verdict::fail("the redirect with the code came {}", fault).remedy(state_remedy);
    }
    const std::string fault = refused.returned ? state_fault(refused, granted.state) : std::string();
    if (!fault.empty()) {
        return Verdict::fail("the redirect with an error came {}", fault).remedy(state_remedy);
    }
    const std::size_t length = longest.state.size();
    if (longest.came.code().empty()) {
        return answered(longest.came)
                   ? Verdict::fail("a state of {} characters, which is allowed, was refused: {}", length,
                                   longest.came.summary())
                         .remedy("take as long a state as is published")
                   : Verdict::inconclusive("a state of {} characters: {}", length, longest.came.summary());
    }
    if (const std::string cut = state_fault(longest.came, longest.state); !cut.empty()) {
        return Verdict::fail("with a state of {} characters, the redirect with the code came {}", length, cut)
            .remedy(state_remedy);
    }
    return Verdict::pass(
        "the state came back unchanged, {} and with {} characters",
        refused.returned ? "with a code, with an error" : "with a code (an unsupported request was not redirected)",
        length);
}

Verdict judge_denied_consent(const oauth::Authorization& came, const std::string& state) {
    if (!came.consent_page) {
        return came.code().empty()
                   ? Verdict::inconclusive("no consent page that the program can refuse on: {}", came.summary())
                         .remedy("describe in oauth.login.deny how consent is refused")
                   : Verdict::not_tried(
                         "the authority asked for no consent: the user gave it before, and prompt=consent "
                         "changes nothing here");
    }
    if (!came.code().empty()) {
        return Verdict::fail("the user refused and the client was given a code all the same")
            .remedy("give no code unless the user agrees");
    }
    if (!came.returned) {
        return Verdict::inconclusive("it is not clear what became of the refusal: {}", came.summary());
    }
    const std::string* const error = came.parameter("error");
    if (error == nullptr || *error != "access_denied") {
        return Verdict::fail("the refusal was told to the client as {} instead of access_denied",
                             error == nullptr ? "nothing" : oauth::shown(*error))
            .remedy("redirect with error=access_denied (RFC 6749 4.1.2.1)");
    }
    const std::string fault = state_fault(came, state);
    // What becomes of the state is another check's business.
    return fault.empty() ? Verdict::pass("refused with access_denied, and the state")
                         : Verdict::pass("refused with access_denied, {}", fault);
}

std::vector<std::string> redirect_variants(const std::string& registered) {
    const std::size_t scheme_end = registered.find("://");
    std::vector<std::string> variants{registered + "/extra", registered + "x", registered + "?next=1"};
    if (scheme_end == std::string::npos) {
        return variants;
    }
    const std::string scheme = registered.substr(0, scheme_end);
    const std::size_t host_at = scheme_end + 3;
    const std::size_t path_at = std::min(registered.find_first_of("/?", host_at), registered.size());
    const std::string authority = registered.substr(host_at, path_at - host_at);
    const std::string path = registered.substr(path_at);
    const std::string start = scheme + "://";
    variants.push_back(start + "attacker.example" + path);
    variants.push_back(start + authority + ".attacker.example" + path);
    variants.push_back(start + authority + "@attacker.example" + path);
    variants.push_back(start + authority + "/../attacker" + path);
    variants.push_back(start + authority + "/");
    if (scheme == "https") {
        variants.push_back("http://" + authority + path);
    }
    std::string upper = path;
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (upper != path) {
        variants.push_back(start + authority + upper);
    }
    std::erase(variants, registered);
    return variants;
}

std::optional<Verdict> judge_redirect_variant(const oauth::Authorization& came, const std::string& variant,
                                              const std::string& registered) {
    if (came.returned) {
        return Verdict::fail("the browser was redirected to {}{}, which is not registered", variant,
                             came.code().empty() ? "" : " with a code")
            .remedy(
                "compare redirect_uri with the registered one character by character, and redirect nowhere when "
                "it differs (RFC 9700 2.1)");
    }
    const bool stays = came.elsewhere.empty() || came.elsewhere == registered.substr(0, registered.find_first_of("?#"));
    if (!stays) {
        return Verdict::fail("asked for {}, the browser was redirected to {}", variant,
                             oauth::shown_url(came.elsewhere))
            .remedy("redirect nowhere when redirect_uri is not the registered one");
    }
    if (!answered(came)) {
        return Verdict::inconclusive("no answer to a request with another redirect URI: {}", came.problem);
    }
    return std::nullopt;
}

std::string framable(const HttpResponse& page) {
    std::string options;
    std::string policy;
    for (const auto& [name, value] : page.headers) {
        if (name == "x-frame-options") {
            options = lower_case(value);
        } else if (name == "content-security-policy") {
            policy += lower_case(value) + ';';
        }
    }
    const std::size_t at = policy.find("frame-ancestors");
    if (at != std::string::npos) {
        const std::set<std::string> sources =
            scope_words_of(std::string_view(policy).substr(at, policy.find(';', at) - at));
        const bool open = std::ranges::any_of(std::array{"*", "http:", "https:", "http://*", "https://*"},
                                              [&](const char* source) { return sources.contains(source); });
        return open ? "its frame-ancestors allow everybody" : "";
    }
    if (options == "deny" || options == "sameorigin") {
        return {};
    }
    return options.empty() ? "it has neither X-Frame-Options nor frame-ancestors"
                           : fmt::format("its X-Frame-Options says {}", oauth::shown(options));
}

Verdict judge_framing(std::string_view page, const std::string& fault) {
    return Verdict::fail("other sites can frame the {} page: {}", page, fault)
        .remedy("send Content-Security-Policy: frame-ancestors 'none' and X-Frame-Options: DENY with every page");
}

Verdict judge_token_response(const oauth::TokenAnswer& answer, std::int64_t expires_in, const std::string& scope) {
    std::vector<std::string> faults;
    if (!answer.malformed.empty()) {
        faults.push_back(answer.malformed);
    }
    if (answer.content_type != "application/json") {
        faults.push_back(fmt::format("its Content-Type is {}",
                                     answer.content_type.empty() ? "missing" : oauth::shown(answer.content_type)));
    }
    if (lower_case(answer.text("token_type")) != "bearer") {
        faults.push_back(answer.has("token_type") ? "its token_type is not Bearer" : "it has no token_type");
    }
    const std::optional<std::int64_t> lifetime = answer.lifetime();
    if (!lifetime) {
        faults.push_back("it has no expires_in that is a number of seconds");
    } else if (*lifetime <= 0 || *lifetime > expires_in) {
        faults.push_back(fmt::format("its expires_in is {} where {} is published", *lifetime, expires_in));
    }
    if (answer.has("scope") && scope_words_of(answer.text("scope")) != scope_words_of(scope)) {
        faults.push_back(
            fmt::format("its scope is {} where {} was asked for", oauth::shown(answer.text("scope")), scope));
    }
    if (!faults.empty()) {
        return Verdict::fail("the token response is not as RFC 6749 5.1 wants it: {}", fmt::join(faults, "; "))
            .remedy(
                "answer with JSON that holds access_token, token_type Bearer and expires_in, and with Cache-Control: "
                "no-store")
            .found(faults);
    }
    const std::string told =
        fmt::format("Bearer, {} s{}, {}", *lifetime, answer.numbers.contains("expires_in") ? "" : " as a string",
                    answer.has("refresh_token") ? "with a refresh token" : "without a refresh token");
    if (!answer.no_store) {
        return Verdict::warning("{}, but Cache-Control does not say no-store (RFC 6749 5.1)", told)
            .remedy("answer with Cache-Control: no-store, so that no cache in between keeps the tokens");
    }
    return Verdict::pass("{}, no-store", told);
}

std::string error_fault(const oauth::TokenAnswer& answer, const ErrorCase& expected) {
    if (!answer.text("access_token").empty()) {
        return fmt::format("a request {} was granted", expected.what);
    }
    if (!is_client_error(answer.status)) {
        return fmt::format("a request {} was answered with HTTP {}, expected {}", expected.what, answer.status,
                           fmt::join(expected.statuses, " or "));
    }
    if (!answer.malformed.empty()) {
        return fmt::format("a request {} was answered with {}", expected.what, answer.malformed);
    }
    if (answer.content_type != "application/json") {
        return fmt::format("a request {} was answered with Content-Type {}", expected.what,
                           answer.content_type.empty() ? "missing" : oauth::shown(answer.content_type));
    }
    if (std::ranges::find(expected.errors, answer.text("error")) == expected.errors.end()) {
        return fmt::format("a request {} was answered with error {}, expected {}", expected.what,
                           answer.has("error") ? oauth::shown(answer.text("error")) : "missing",
                           fmt::join(expected.errors, " or "));
    }
    return {};
}

std::string error_doubt(const oauth::TokenAnswer& answer, const ErrorCase& expected) {
    if (std::ranges::find(expected.statuses, answer.status) != expected.statuses.end()) {
        return {};
    }
    return fmt::format("a request {} with {} where {} is published", expected.what, answer.summary(),
                       fmt::join(expected.statuses, " or "));
}

}  // namespace gateproof::suites
