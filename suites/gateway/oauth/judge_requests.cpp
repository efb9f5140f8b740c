// Judgements of requests that are asked for in another way than is published.
#include <fmt/format.h>

#include "suites/gateway/oauth/judge.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {
namespace {

/// The word stands in a list with blanks between (RFC 6749 3.3).
bool has_word(std::string_view list, std::string_view word) {
    return fmt::format(" {} ", list).find(fmt::format(" {} ", word)) != std::string::npos;
}

/// The authority goes on with the request: a page to log in or consent on, another server for that, or a code.
bool begun(const oauth::Authorization& came) {
    return came.login_page || came.consent_page || !came.elsewhere.empty() || !came.code().empty();
}

}  // namespace

Verdict judge_by_post(const oauth::Authorization& by_get, const oauth::Authorization& by_post) {
    if (std::optional<Verdict> outside = kept_outside(by_get)) {
        return *outside;
    }
    if (!begun(by_get)) {
        return Verdict::inconclusive("no login began by GET, so that none begins by POST proves nothing: {}",
                                     by_get.summary());
    }
    if (begun(by_post)) {
        return Verdict::warning("a login begins by POST as well as by GET: {}", by_post.summary())
            .remedy(
                "take GET alone, as is published (IA 2.1); RFC 6749 3.1 lets an authority take POST, but nobody needs it");
    }
    if (by_post.returned && by_post.parameter("error") != nullptr) {
        return Verdict::pass("no login begins by POST: {}", by_post.summary());
    }
    const int status = answered(by_post) ? by_post.last->response->status : 0;
    return is_client_error(status) || refuses_method(status)
               ? Verdict::pass("no login begins by POST: HTTP {}", status)
               : Verdict::inconclusive("asked for by POST: {}", by_post.summary());
}

Verdict judge_unknown_scope(const oauth::Authorization& known, const oauth::Authorization& came) {
    constexpr const char* remedy = "answer a scope that is not known with invalid_scope, by a redirect (IA 4)";
    if (std::optional<Verdict> outside = kept_outside(known)) {
        return *outside;
    }
    if (!begun(known)) {
        return Verdict::inconclusive("the published scope is refused as well, so that another is proves nothing: {}",
                                     known.summary());
    }
    if (std::optional<Verdict> outside = kept_outside(came)) {
        return *outside;
    }
    const std::string* const error = came.returned ? came.parameter("error") : nullptr;
    if (error != nullptr) {
        return *error == "invalid_scope"
                   ? Verdict::pass("a scope that nobody knows is refused by a redirect with invalid_scope")
                   : Verdict::warning("a scope that nobody knows is refused, but by a redirect with {}",
                                      oauth::shown(*error))
                         .remedy(remedy);
    }
    const int status = !came.returned && answered(came) ? came.last->response->status : 0;
    if (status == 400) {
        return Verdict::pass("a scope that nobody knows is refused with HTTP 400, the other published way");
    }
    if (is_client_error(status)) {
        return Verdict::warning("a scope that nobody knows is refused, but with HTTP {}", status).remedy(remedy);
    }
    return came.login_page ? Verdict::inconclusive(
                                 "a request for a scope that nobody knows is answered with a login page; what "
                                 "comes behind it is not known: {}",
                                 came.summary())
                                 .remedy("describe the login form in oauth.login, and give oauth.users.user")
                           : Verdict::inconclusive("a request for a scope that nobody knows: {}", came.summary());
}

Verdict judge_unknown_scope_granted(const oauth::TokenAnswer& tokens, const std::string& scope) {
    if (!tokens.granted()) {
        return Verdict::fail("a request for a scope that nobody knows was given a code ({})", tokens.summary())
            .remedy("refuse a scope that is not known with invalid_scope before anybody logs in (IA 4)");
    }
    // RFC 6749 5.1: without a scope the token has the one that was asked for.
    if (!tokens.has("scope") || has_word(tokens.text("scope"), scope)) {
        return Verdict::fail("a scope that nobody knows was granted")
            .remedy("refuse a scope that is not known with invalid_scope before anybody logs in (IA 4)");
    }
    return Verdict::warning("a scope that nobody knows was passed over, and {} granted instead",
                            tokens.text("scope").empty() ? "none" : oauth::shown(tokens.text("scope")))
        .remedy(
            "answer a scope that is not known with invalid_scope (IA 4); RFC 6749 3.3 lets an authority pass it over");
}

Verdict judge_other_ports(const oauth::Authorization& registered, const std::vector<oauth::Authorization>& others) {
    // An error is told there as well.
    const auto taken = [](const oauth::Authorization& came) { return came.returned || begun(came); };
    if (std::optional<Verdict> outside = kept_outside(registered)) {
        return *outside;
    }
    if (!taken(registered)) {
        return Verdict::inconclusive(
                   "the registered port is not taken either, so that another is refused proves "
                   "nothing: {}",
                   registered.summary())
            .remedy("see what oauth.own-redirect-registered says");
    }
    std::size_t refused = 0;
    for (const oauth::Authorization& came : others) {
        const int status = answered(came) ? came.last->response->status : 0;
        if (!taken(came) && !is_client_error(status)) {
            return Verdict::inconclusive("a port that is not registered: {}", came.summary())
                .remedy("begin a login with another port in a browser: an error has to be shown there, and no login");
        }
        refused += taken(came) ? 0U : 1U;
    }
    if (refused == others.size()) {
        return Verdict::pass("the registered loopback port is taken, {} others are refused", refused);
    }
    return refused == 0
               ? Verdict::warning("any port of the loopback address is taken, though ports are registered one by one")
                     .remedy(
                         "compare the port of a native client's redirect URI with the registered ones (IA "
                         "2.1), although RFC 8252 7.3 asks for any: else whatever program listens on "
                         "this machine may be sent the code")
               : Verdict::inconclusive(
                     "of {} ports that are not registered {} were refused; the others may be "
                     "registered as well",
                     others.size(), refused);
}

Verdict judge_without_length(const oauth::TokenAnswer& answer) {
    constexpr int not_implemented = 501;  // RFC 9112 6.1: of a transfer coding
    if (answer.granted()) {
        return Verdict::warning("a token is given for a request without a Content-Length")
            .remedy("ask for a Content-Length (411), as is published; clients must go on sending one all the same");
    }
    return answer.refused() || answer.status == not_implemented
               ? Verdict::pass("a token request without a Content-Length was refused: {}", answer.summary())
               : Verdict::inconclusive("a token request without a Content-Length: {}", answer.summary());
}

Verdict judge_introspection_of_others(const oauth::TokenAnswer& answer) {
    const auto active = answer.flags.find("active");
    if (answer.status == 200 && active != answer.flags.end()) {
        return active->second
                   ? Verdict::warning("introspection tells a client about the token of another one")
                         .remedy("answer 400 with unauthorized_client (IA 4), or active false (RFC 7662 2.2)")
                   : Verdict::pass("another client's token is called inactive, as RFC 7662 2.2 has it");
    }
    const std::string& error = answer.text("error");
    if (error == "invalid_client") {
        return Verdict::inconclusive("the second client is not known to introspection: {}", answer.summary())
            .remedy("see that oauth.second_client is right");
    }
    constexpr int published = 400;
    if (error == "unauthorized_client" && answer.status == published) {
        return Verdict::pass("another client's token is refused with HTTP 400 and unauthorized_client");
    }
    return answer.refused() ? Verdict::warning("another client's token is refused, but with {}", answer.summary())
                                  .remedy("answer 400 with unauthorized_client (IA 4), or active false (RFC 7662 2.2)")
                            : Verdict::inconclusive("introspection of another client's token: {}", answer.summary());
}

}  // namespace gateproof::suites
