// One authorization as a browser goes through it: login page, consent page, redirect back to the client.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "harness/probe/http/cookie_jar.hpp"
#include "harness/probe/oauth/html_form.hpp"
#include "harness/probe/oauth/oauth.hpp"

namespace gateproof::oauth {

/// How requests get to the authority: with politeness and evidence, or without.
class Sender {
public:
    virtual ~Sender() = default;
    virtual boost::asio::awaitable<HttpOutcome> send(HttpRequest request) = 0;
};

enum class Decision { agree, refuse };

/// What the program does on the pages that it meets.
struct Browsing {
    std::optional<OAuthUser> user;  ///< who logs in; empty: a login page is where it ends
    LoginRecipe recipe;
    Decision decision = Decision::agree;
    std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
};

/// Where an authorization came to.
struct Authorization {
    bool returned = false;  ///< redirected to the client's redirect_uri, with `parameters`
    Parameters parameters;
    /// Location of a redirect that leads away from authority and client, without its query; empty: none.
    std::string elsewhere;
    std::string problem;  ///< why it did not return, in words; empty: it did
    bool login_page = false;
    bool consent_page = false;
    bool splash_page = false;          ///< see is_splash_page; nothing was filled in on it
    bool login_refused = false;        ///< the login page came again after the form was sent
    std::optional<HttpOutcome> last;   ///< the answer at which it ended
    std::optional<HttpOutcome> login;  ///< the answer that was the first login page
    std::optional<HttpOutcome> consent;

    /// First parameter of that name; null: none.
    [[nodiscard]] const std::string* parameter(std::string_view name) const;
    [[nodiscard]] std::string code() const;
    /// "redirected with a code", "redirected with error access_denied", or the problem.
    [[nodiscard]] std::string summary() const;
};

/// Goes through it, at most max_steps requests. `authority` and `sender` outlive the call, `cookies` is the browser's.
boost::asio::awaitable<Authorization> authorize(Sender& sender, const Authority& authority,
                                                AuthorizationRequest request, Browsing browsing, CookieJar& cookies);

inline constexpr int max_steps = 12;

/// The query that follows the redirect URI in a Location; empty optional: it leads somewhere else. RFC 6749 4.1.2.
std::optional<std::string> returned_query(std::string_view location, std::string_view redirect_uri);
/// The Origin that a browser names a page of this server by: without the usual port (RFC 6454 6.2).
std::string origin_of(const Endpoint& server);
/// Origin-form target of a Location on the same server, seen from `current`; empty optional: another server.
std::optional<std::string> same_server_target(std::string_view location, const Endpoint& server,
                                              std::string_view current);
/// What a form is sent with, and where; nothing when it is not the kind of form.
std::optional<Parameters> filled_login(const HtmlForm& form, const LoginRecipe& recipe, const OAuthUser& user);
std::optional<Parameters> filled_consent(const HtmlForm& form, const LoginRecipe& recipe, Decision decision);
/// Before production a page in front of the login asks sources that are not allow-listed for credentials of its own
/// (OA): one that says what Authority::splash_contains has, that speaks of allow-listing, or HTTP 401 with a challenge.
bool is_splash_page(const HttpResponse& page, const Authority& authority);
/// How Authorization::problem names it.
inline constexpr std::string_view splash_problem =
    "a page in front of the login, for sources that are not allow-listed";
/// The form of the page that asks for a password; null: none.
const HtmlForm* login_form(const std::vector<HtmlForm>& forms, const LoginRecipe& recipe);

}  // namespace gateproof::oauth
