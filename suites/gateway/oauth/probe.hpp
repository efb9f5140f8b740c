// What the oauth checks share: a browser that is logged in, codes, exchanges, and how answers are judged.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/probe/oauth/authorization.hpp"
#include "harness/run/context.hpp"
#include "harness/run/tokens.hpp"
#include "suites/shared/in_time.hpp"

namespace gateproof::suites {

/// Sends with the check's politeness and evidence.
class ContextSender : public oauth::Sender {
public:
    explicit ContextSender(Context& ctx) : ctx_(ctx) {}
    boost::asio::awaitable<HttpOutcome> send(HttpRequest request) override;

private:
    Context& ctx_;
};

/// How one code is asked for.
struct CodeWish {
    bool pkce = true;
    std::string scope;         ///< empty: the profile's
    std::string redirect_uri;  ///< empty: the client's
    std::string state;         ///< empty: a random one
    std::string response_type = "code";
    oauth::Parameters more = {};  ///< {"prompt", "consent"} ...
    oauth::Decision decision = oauth::Decision::agree;
    std::optional<OAuthUser> user;  ///< empty: the profile's "user"
    bool nobody = false;            ///< nobody logs in: it ends at the login page
    bool posted = false;            ///< asked for by POST
};

struct CodeGrant {
    std::string code;  ///< empty: none came, see `came`
    oauth::Pkce pkce;  ///< its verifier is empty without PKCE
    std::string state;
    oauth::Authorization came;
};

/// Proves once for all checks that the profile's "user" can log in (accounts get locked by one wrong password after
/// the other), and gives a new browser. It is the check's own: authorities revoke what one browser was granted
/// together, so a check that provokes this must not share one with others.
boost::asio::awaitable<LoggedIn> log_in(Context& ctx);

/// One authorization of this client in this browser.
boost::asio::awaitable<CodeGrant> get_code(Context& ctx, const OAuthClient& client, CookieJar& browser, CodeWish wish);
/// The same without any wish. No default argument: a struct made in braces there is destroyed twice by g++ 12.
boost::asio::awaitable<CodeGrant> get_code(Context& ctx, const OAuthClient& client, CookieJar& browser);

/// Where a human logs in (Authority::by_human): why he got no code; nothing where he got one, or the program logs in.
boost::asio::awaitable<std::optional<Verdict>> human_gets_in(Context& ctx);
/// Behind human_gets_in(): his login page may work by script alone, so that a page without a form is that page.
void take_for_login_page(oauth::Authorization& came);

boost::asio::awaitable<oauth::TokenAnswer> ask_token(
    Context& ctx, const OAuthClient& client, oauth::Parameters parameters,
    oauth::ClientAuthentication how = oauth::ClientAuthentication::automatic);
/// Exchanges the code as its client should.
boost::asio::awaitable<oauth::TokenAnswer> exchange(Context& ctx, const OAuthClient& client, const CodeGrant& grant);
/// A code and its exchange in one.
boost::asio::awaitable<oauth::TokenAnswer> new_tokens(Context& ctx, const OAuthClient& client, CookieJar& browser);

/// What introspection says of a token; empty: nothing that can be understood, with the answer's summary in `summary`.
struct Introspection {
    std::optional<bool> active;
    std::string summary;
};
boost::asio::awaitable<Introspection> introspect(Context& ctx, const std::string& token);

/// Introspection calls even a made-up token active, so that it tells nothing; oauth.introspection judges that.
boost::asio::awaitable<bool> introspection_is_blind(Context& ctx);

const Authority& authority_of(Context& ctx);
/// The client without its secret being right.
OAuthClient with_wrong_secret(const OAuthClient& client);
/// Who cannot prove to be that client: with a wrong secret, or, where it has none, of an id that is nobody's.
OAuthClient stranger_to(const OAuthClient& client);

Verdict no_login(const std::string& problem);
using BrowserCheck = boost::asio::awaitable<Verdict>(Context& ctx, CookieJar& browser);
/// A check in a browser whose user is logged in; inconclusive where nobody can log in.
GatewayCheck in_browser(BrowserCheck* check);
Verdict no_code(const CodeGrant& grant);
Verdict no_tokens(const oauth::TokenAnswer& answer);
/// `what` ("the code, used again") must not have been granted. Pass: it was refused.
Verdict judge_refused_grant(const oauth::TokenAnswer& answer, std::string_view what, std::string_view remedy);

}  // namespace gateproof::suites
