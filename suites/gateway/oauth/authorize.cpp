// Login, consent and redirects: RFC 6749 3.1, 4.1.1 and 4.1.2, 10.10 to 10.15; RFC 9700.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <set>

#include "harness/probe/oauth/loopback_redirect.hpp"
#include "harness/text/ascii.hpp"
#include "suites/gateway/oauth/judge.hpp"
#include "suites/gateway/oauth/needs.hpp"
#include "suites/gateway/oauth/probe.hpp"
#include "suites/gateway/oauth/suite.hpp"
#include "suites/shared/failures.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

/// What shows that a login begins: its page, seen by nobody. Where a human logs in, the page may tell the program
/// nothing, so he shows it by coming back.
CodeWish beginning(Context& ctx) {
    CodeWish wish;
    wish.nobody = !authority_of(ctx).by_human;
    return wish;
}

/// No code without a login.
awaitable<Verdict> authorize_needs_login(Context& ctx) {
    if (std::optional<Verdict> outside = co_await human_gets_in(ctx)) {
        co_return *outside;
    }
    CookieJar stranger;
    CodeWish wish;
    wish.nobody = true;
    CodeGrant grant = co_await get_code(ctx, authority_of(ctx).client, stranger, std::move(wish));
    if (authority_of(ctx).by_human) {
        take_for_login_page(grant.came);
    }
    co_return judge_needs_login(grant.came);
}

/// OA: the client's own redirect URI, its port included, is the registered one.
awaitable<Verdict> own_redirect_registered(Context& ctx) {
    CookieJar stranger;
    CodeWish wish = beginning(ctx);
    const CodeGrant grant = co_await get_code(ctx, authority_of(ctx).client, stranger, std::move(wish));
    co_return judge_own_redirect(grant.came, authority_of(ctx).client);
}

/// IA 2.1: a login is asked for with GET. RFC 6749 3.1 lets an authority take POST as well.
awaitable<Verdict> authorize_by_get_alone(Context& ctx) {
    std::vector<oauth::Authorization> came;
    for (const bool posted : {false, true}) {
        CookieJar stranger;
        CodeWish wish = beginning(ctx);
        wish.nobody = wish.nobody || posted;
        wish.posted = posted;
        CodeGrant grant = co_await get_code(ctx, authority_of(ctx).client, stranger, std::move(wish));
        came.push_back(std::move(grant.came));
    }
    co_return judge_by_post(came.front(), came.back());
}

/// The URI, and then the same with ports of which it is most unlikely that all are registered as well.
std::vector<std::string> with_other_ports(const std::string& redirect_uri) {
    constexpr std::size_t others = 3;
    constexpr std::uint16_t first_private = 49152;  // RFC 6335 6
    const std::uint16_t own = oauth::parse_loopback_uri(redirect_uri)->port;
    const std::size_t at = redirect_uri.find(fmt::format(":{}", own));
    std::vector<std::string> all{redirect_uri};
    std::set<std::uint16_t> seen{own};
    while (all.size() <= others) {
        const std::string random = oauth::random_text(2);
        const auto port = static_cast<std::uint16_t>(
            first_private | (static_cast<unsigned char>(random[0]) << 7 ^ static_cast<unsigned char>(random[1])));
        if (seen.insert(port).second) {
            std::string other = redirect_uri;
            other.replace(at, fmt::format(":{}", own).size(), fmt::format(":{}", port));
            all.push_back(std::move(other));
        }
    }
    return all;
}

/// IA 2.1: ports are registered one by one, unlike RFC 8252 7.3.
awaitable<Verdict> other_ports_refused(Context& ctx) {
    const OAuthClient& client = authority_of(ctx).client;
    std::vector<oauth::Authorization> came;
    for (const std::string& redirect_uri : with_other_ports(client.redirect_uri)) {
        CookieJar stranger;
        CodeWish wish = beginning(ctx);
        wish.nobody = wish.nobody || redirect_uri != client.redirect_uri;
        wish.redirect_uri = redirect_uri;
        CodeGrant grant = co_await get_code(ctx, client, stranger, std::move(wish));
        came.push_back(std::move(grant.came));
    }
    const oauth::Authorization registered = std::move(came.front());
    came.erase(came.begin());
    co_return judge_other_ports(registered, came);
}

bool program_logs_in(Context& ctx) {
    return user_login().lack(ctx.profile()).empty() && login_by_program().lack(ctx.profile()).empty();
}

/// IA 4, MS: invalid_scope, by a redirect or with HTTP 400. An authority may look at it behind the login alone.
awaitable<Verdict> unknown_scope_refused(Context& ctx) {
    const OAuthClient& client = authority_of(ctx).client;
    CookieJar nobody;
    CodeWish published = beginning(ctx);
    const CodeGrant known = co_await get_code(ctx, client, nobody, std::move(published));
    CodeWish wish;
    wish.scope = "gateproof." + oauth::random_text(9);
    wish.nobody = true;
    const std::string scope = wish.scope;
    CookieJar stranger;
    const CodeGrant asked = co_await get_code(ctx, client, stranger, std::move(wish));
    // A human who is refused at a page would wait for a redirect that never comes.
    if (!asked.came.login_page || !program_logs_in(ctx)) {
        co_return judge_unknown_scope(known.came, asked.came);
    }
    LoggedIn ourselves = co_await log_in(ctx);
    if (!ourselves.ok()) {
        co_return no_login(ourselves.token.problem);
    }
    CodeWish again;
    again.scope = scope;
    const CodeGrant grant = co_await get_code(ctx, client, ourselves.cookies, std::move(again));
    if (grant.code.empty()) {
        co_return judge_unknown_scope(known.came, grant.came);
    }
    const oauth::TokenAnswer tokens = co_await exchange(ctx, client, grant);
    co_return judge_unknown_scope_granted(tokens, scope);
}

/// A login with a wrong password gives no code.
awaitable<Verdict> wrong_password_refused(Context& ctx, CookieJar& /*browser*/) {
    CookieJar stranger;
    CodeWish wish;
    wish.user = authority_of(ctx).users.at("user");
    wish.user->password = oauth::random_text(18);
    wish.more = {{"prompt", "login"}};
    const CodeGrant grant = co_await get_code(ctx, authority_of(ctx).client, stranger, std::move(wish));
    co_return judge_wrong_password(grant.came);
}

/// Every character beside letters and digits that a state may hold.
std::string special_characters(const Authority& authority) {
    if (authority.state_alphabet.empty()) {
        return " -._~!*'()+/=&%25:;,?@";
    }
    std::string special;
    std::ranges::remove_copy_if(authority.state_alphabet, std::back_inserter(special), is_alphanumeric);
    return special;
}

/// RFC 6749 4.1.2, 10.12: the state comes back as it was sent, with a code and with an error. OA: as long as it may be.
awaitable<Verdict> state_returned(Context& ctx, CookieJar& browser) {
    const Authority& authority = authority_of(ctx);
    const std::string state = oauth::random_state(authority) + special_characters(authority);
    CodeWish wish;
    wish.state = state;
    const CodeGrant grant = co_await get_code(ctx, authority_of(ctx).client, browser, std::move(wish));
    if (grant.code.empty()) {
        co_return no_code(grant);
    }
    CodeWish wrong;
    wrong.state = state;
    wrong.response_type = "gateproof";
    wrong.nobody = authority.by_human;  // an error comes before a login, or at a page from which no human comes back
    const CodeGrant refused = co_await get_code(ctx, authority_of(ctx).client, browser, std::move(wrong));
    const std::string longest = oauth::random_state(authority, static_cast<std::size_t>(authority.state_length));
    CodeWish long_wish;
    long_wish.state = longest;
    const CodeGrant long_grant = co_await get_code(ctx, authority.client, browser, std::move(long_wish));
    co_return judge_state({state, grant.came}, refused.came, {longest, long_grant.came});
}

/// RFC 6749 3.1.2.3, RFC 9700 2.1: nothing is redirected to what is not registered, not even an error.
awaitable<Verdict> redirect_uri_exact(Context& ctx, CookieJar& browser) {
    const OAuthClient& client = authority_of(ctx).client;
    const CodeGrant registered = co_await get_code(ctx, client, browser);
    if (registered.code.empty()) {
        co_return no_code(registered);
    }
    // From here on nobody has to log in any more: whatever the authority takes for the client gets a code at once.
    const std::vector<std::string> variants = redirect_variants(client.redirect_uri);
    Failures failures;
    for (const std::string& variant : variants) {
        CookieJar untouched = browser;
        CodeWish wish;
        wish.redirect_uri = variant;
        const CodeGrant grant = co_await get_code(ctx, client, untouched, std::move(wish));
        if (auto verdict = judge_redirect_variant(grant.came, variant, client.redirect_uri)) {
            failures.add(std::move(*verdict));
        }
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        co_return *failed;
    }
    co_return Verdict::pass("none of {} addresses like the registered one was redirected to", variants.size());
}

/// RFC 6749 4.1.2.1: who refuses is not overruled.
awaitable<Verdict> denied_consent(Context& ctx, CookieJar& browser) {
    CodeWish wish;
    wish.more = {{"prompt", "consent"}};
    wish.decision = oauth::Decision::refuse;
    const CodeGrant grant = co_await get_code(ctx, authority_of(ctx).client, browser, std::move(wish));
    if (authority_of(ctx).by_human && !grant.came.returned) {
        co_return no_code(grant);
    }
    if (authority_of(ctx).by_human && !grant.code.empty()) {
        co_return Verdict::inconclusive(
            "a code came from a browser in which access was to be refused; what was pressed there "
            "is not seen from here")
            .remedy(
                "where Allow was pressed or nothing was asked, repeat the step; where Deny was pressed, the authority "
                "breaks RFC 6749 4.1.2.1, and an attestation (--attest) says so");
    }
    co_return judge_denied_consent(grant.came, grant.state);
}

/// RFC 6749 10.13, RFC 9700 4.16: the pages cannot be framed by others.
awaitable<Verdict> not_framable(Context& ctx) {
    if (std::optional<Verdict> outside = co_await human_gets_in(ctx)) {
        co_return *outside;
    }
    CookieJar stranger;
    CodeWish wish;
    wish.nobody = true;
    wish.more = {{"prompt", "login"}};
    CodeGrant login = co_await get_code(ctx, authority_of(ctx).client, stranger, std::move(wish));
    if (authority_of(ctx).by_human) {
        take_for_login_page(login.came);
    }
    if (!login.came.login) {
        co_return Verdict::inconclusive("no login page was seen: {}", login.came.summary());
    }
    std::string fault = framable(*login.came.login->response);
    if (!fault.empty()) {
        co_return judge_framing("login", fault);
    }
    if (!program_logs_in(ctx)) {
        co_return Verdict::pass("the login page cannot be framed");
    }
    LoggedIn ourselves = co_await log_in(ctx);
    if (!ourselves.ok()) {
        co_return no_login(ourselves.token.problem);
    }
    CodeWish again;
    again.more = {{"prompt", "consent"}};
    const CodeGrant consent = co_await get_code(ctx, authority_of(ctx).client, ourselves.cookies, std::move(again));
    if (!consent.came.consent) {
        co_return Verdict::pass("the login page cannot be framed; no consent page was seen");
    }
    fault = framable(*consent.came.consent->response);
    co_return fault.empty() ? Verdict::pass("neither login page nor consent page can be framed")
                            : judge_framing("consent", fault);
}

}  // namespace

std::vector<Check> oauth_authorize_checks() {
    return checks(oauth_family(), {{.id = "oauth.own-redirect-registered",
                                    .title = "The client's own redirect URI and port must be registered",
                                    .run = own_redirect_registered,
                                    .intrusiveness = Intrusiveness::passive,
                                    .needs = {begun_login()}},
                                   {.id = "oauth.authorize-needs-login",
                                    .title = "There must be no code without a login",
                                    .run = authorize_needs_login,
                                    .intrusiveness = Intrusiveness::passive,
                                    .needs = {begun_login()}},
                                   {.id = "oauth.other-ports-refused",
                                    .title = "A loopback port that is not registered must be refused",
                                    .requirements = {decides("OAUTH-NATIVE-PORT")},
                                    .run = other_ports_refused,
                                    .channels = {Channel::desktop},
                                    .needs = {registered_port(), begun_login()}},
                                   {.id = "oauth.authorize-by-get-alone",
                                    .title = "A login must begin with GET alone",
                                    .requirements = {decides("OAUTH-AUTHORIZE-GET")},
                                    .run = authorize_by_get_alone,
                                    .needs = {begun_login()}},
                                   {.id = "oauth.unknown-scope-refused",
                                    .title = "A scope that nobody knows must be refused with invalid_scope",
                                    .requirements = {decides("OAUTH-SCOPE")},
                                    .run = unknown_scope_refused,
                                    .needs = {begun_login()}},
                                   {.id = "oauth.wrong-password-refused",
                                    .title = "A wrong password must give no code",
                                    .run = in_browser(wrong_password_refused),
                                    .needs = {user_login(), login_by_program()}},
                                   {.id = "oauth.state-returned",
                                    .title = "The state must come back unchanged",
                                    .run = in_browser(state_returned),
                                    .needs = {user_login()}},
                                   {.id = "oauth.redirect-uri-exact",
                                    .title = "Only the registered redirect URI may be redirected to",
                                    .run = in_browser(redirect_uri_exact),
                                    .needs = {user_login(), login_by_program()}},
                                   {.id = "oauth.denied-consent",
                                    .title = "A user who refuses must not be overruled",
                                    .run = in_browser(denied_consent),
                                    .mock_lacks = no_consent_page,
                                    .needs = {user_login()}},
                                   {.id = "oauth.not-framable",
                                    .title = "Login and consent pages must not be framable",
                                    .run = not_framable,
                                    .intrusiveness = Intrusiveness::passive,
                                    .needs = {begun_login()}}});
}

}  // namespace gateproof::suites
