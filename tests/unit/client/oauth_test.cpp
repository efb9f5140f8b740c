// Logins and refreshes at an authority of the tests' own: what a conforming client asks for, and each fault instead.
#include <gtest/gtest.h>

#include <algorithm>

#include "client/base/encoding.hpp"
#include "client/http/url.hpp"
#include "tests/support/files.hpp"
#include "tests/unit/client/browser.hpp"
#include "tests/unit/client/server.hpp"

namespace gateproof::client::test::oauth_test {
namespace {

using Names = std::vector<std::string>;

const std::string granted =
    answer("200 OK", R"({"access_token":"access-1","token_type":"Bearer","expires_in":"28800",)"
                     R"("refresh_token":"refresh-1","scope":"MYIR.Services","extra":{"a":[1]}})");
const std::string refused = answer("401 Unauthorized", R"({"error":"invalid_grant","error_description":"no"})");
const std::string served = answer("200 OK", R"({"Customer":{"ID":"049091850"}})");

struct Login {
    Result result;
    std::string query;  ///< of the authorisation request
    std::vector<std::string> to_token_endpoint;
    std::vector<std::string> to_gateway;
    std::vector<std::string> back;  ///< what the redirect listener answered

    [[nodiscard]] std::string asked(const char* name) const { return form_value(query, name).value_or(""); }
    [[nodiscard]] std::string body() const {
        return to_token_endpoint.empty()
                   ? ""
                   : to_token_endpoint.front().substr(to_token_endpoint.front().find("\r\n\r\n") + 4);
    }
};

/// What the browser brings home, by the state that was asked with: one target after the other.
using Homecoming = std::function<Names(const std::string& state)>;

Names good_code(const std::string& state) {
    return {"/callback?code=the-code&state=" + state};
}

Login log_in(const Names& faults, const Names& answers = {granted}, const Homecoming& home = good_code) {
    Server gateway(Scene{.answers = {served}});
    Server authority(Scene{.answers = answers});
    Login login;
    Options options = gateway.options(faults);
    options.authority_url = "https://localhost:" + std::to_string(authority.port());
    options.oauth.client_id = "an id";
    options.oauth.client_secret = "a:secret";
    options.ird = "049091850";
    options.login_limit = std::chrono::milliseconds(3000);
    options.retries.first = std::chrono::milliseconds(5);
    options.browse = [&login, &home](const std::string& url, std::uint16_t port) {
        login.query = parse_url(url)->path.substr(parse_url(url)->path.find('?') + 1);
        for (const std::string& target : home(form_value(login.query, "state").value_or(""))) {
            login.back.push_back(get_in_clear(port, target));
        }
    };
    {
        Client client(options);
        login.result = client.act(Act::login);
    }
    login.to_token_endpoint = authority.requests();
    login.to_gateway = gateway.requests();
    return login;
}

TEST(Login, AsksAsDocumented) {
    const Login login = log_in({});
    EXPECT_EQ(login.result.outcome, Outcome::success) << login.result.text;
    EXPECT_EQ(login.asked("response_type"), "code");
    EXPECT_EQ(login.asked("client_id"), "an id");
    EXPECT_EQ(login.asked("scope"), "MYIR.Services");
    EXPECT_EQ(login.asked("code_challenge_method"), "S256");
    EXPECT_TRUE(login.asked("redirect_uri").starts_with("http://127.0.0.1:"));
    const std::string state = login.asked("state");
    EXPECT_GE(state.size(), 32U);
    EXPECT_LT(state.size(), 200U);
    ASSERT_EQ(login.to_token_endpoint.size(), 1U);
    const std::string& request = login.to_token_endpoint.front();
    EXPECT_TRUE(request.starts_with("POST /gateway3/oauth/token HTTP/1.1\r\n")) << request;
    EXPECT_NE(request.find("Authorization: Basic " + base64("an%20id:a%3Asecret") + "\r\n"), std::string::npos)
        << request;
    EXPECT_EQ(form_value(login.body(), "grant_type"), "authorization_code");
    EXPECT_EQ(form_value(login.body(), "code"), "the-code");
    EXPECT_EQ(form_value(login.body(), "redirect_uri"), login.asked("redirect_uri"));
    EXPECT_EQ(base64url(sha256(form_value(login.body(), "code_verifier").value_or(""))), login.asked("code_challenge"));
    EXPECT_NE(login.to_gateway.front().find("Authorization: Bearer access-1\r\n"), std::string::npos);
    const Login next = log_in({});
    EXPECT_NE(next.asked("state"), state);
    EXPECT_NE(next.asked("code_challenge"), login.asked("code_challenge"));
}

TEST(Login, AFaultAsksOtherwise) {
    EXPECT_EQ(log_in({"no-state"}).asked("state"), "");
    EXPECT_EQ(log_in({"constant-state"}).asked("state"), log_in({"constant-state"}).asked("state"));
    EXPECT_EQ(log_in({"long-state"}).asked("state").size(), 250U);
    EXPECT_EQ(log_in({"plain-pkce"}).asked("code_challenge_method"), "plain");
    EXPECT_EQ(log_in({"constant-verifier"}).asked("code_challenge"),
              log_in({"constant-verifier"}).asked("code_challenge"));
    EXPECT_NE(log_in({"wider-scope"}).asked("scope"), "MYIR.Services");
    EXPECT_NE(log_in({"secret-in-url"}).to_token_endpoint.front().find("token?client_secret=a%3Asecret HTTP"),
              std::string::npos);
    const Login other = log_in({"other-redirect-uri"});
    EXPECT_NE(form_value(other.body(), "redirect_uri"), other.asked("redirect_uri"));
}

TEST(Login, BelievesTheAnswerToItsOwnQuestionAlone) {
    const Homecoming intruder_first = [](const std::string& state) {
        return Names{"/favicon.ico", "/callback?code=stolen&state=guessed", "/callback?code=stolen",
                     "/callback?code=the-code&state=" + state};
    };
    const Login right = log_in({}, {granted}, intruder_first);
    EXPECT_EQ(right.result.outcome, Outcome::success) << right.result.text;
    EXPECT_EQ(form_value(right.body(), "code"), "the-code");
    ASSERT_EQ(right.back.size(), 4U);
    EXPECT_TRUE(right.back[0].starts_with("HTTP/1.1 404"));
    EXPECT_TRUE(right.back[1].starts_with("HTTP/1.1 400"));
    EXPECT_EQ(form_value(log_in({"ignores-state"}, {granted}, intruder_first).body(), "code"), "stolen");
}

TEST(Login, ADenialEndsIt) {
    const Homecoming denied = [](const std::string& state) {
        return Names{"/callback?error=access_denied&state=" + state};
    };
    const Login right = log_in({}, {granted}, denied);
    EXPECT_EQ(right.result.text, "the user declined the login");
    EXPECT_TRUE(right.to_token_endpoint.empty());
    EXPECT_EQ(log_in({"code-after-denial"}, {granted}, denied).to_token_endpoint.size(), 1U);
}

TEST(Login, TakesTheTokenAnswerAsItIsDocumented) {
    for (const char* body : {R"({"access_token":"a","token_type":"bearer","expires_in":28800})",
                             R"({"access_token":"a","token_type":"Bearer","expires_in":"28800"})",
                             R"({"access_token":"a","token_type":"BEARER","new":null})"}) {
        EXPECT_EQ(log_in({}, {answer("200 OK", body)}).result.outcome, Outcome::success) << body;
    }
    for (const char* body :
         {R"({"token_type":"bearer"})", R"({"access_token":"a","token_type":"mac"})", "<html>", "[]",
          R"({"access_token":"a b\r\nX: y","token_type":"bearer"})", R"({"access_token":7,"token_type":"bearer"})"}) {
        const Login login = log_in({}, {answer("200 OK", body)});
        EXPECT_EQ(login.result.outcome, Outcome::failure) << body;
        EXPECT_TRUE(login.to_gateway.empty()) << body;
    }
    EXPECT_EQ(log_in({"chokes-on-string"}).result.outcome, Outcome::failure);
    EXPECT_EQ(log_in({"chokes-on-members"}).result.outcome, Outcome::failure);
}

TEST(Login, ACodeIsSentOnceAndARefusalIsNotRepeated) {
    const std::string broken = answer("500 Internal Server Error", "");
    EXPECT_EQ(log_in({}, {broken, granted}).to_token_endpoint.size(), 1U);
    EXPECT_EQ(log_in({"code-twice"}, {broken, granted}).to_token_endpoint.size(), 2U);
    EXPECT_EQ(log_in({}, {refused}).to_token_endpoint.size(), 1U);
    EXPECT_EQ(log_in({"loops-on-invalid-grant"}, {refused}).to_token_endpoint.size(), 21U);
    const std::string busy = answer("503 Service Unavailable", "");
    EXPECT_EQ(log_in({}, {busy}).to_token_endpoint.size(), 4U);
    EXPECT_EQ(log_in({"hammers-authority"}, {busy}).to_token_endpoint.size(), 21U);
}

struct Refreshed {
    std::vector<std::string> used;       ///< refresh tokens, in order
    std::vector<std::string> presented;  ///< access tokens
    Result last;
};

/// Reads by one client that begins with the refresh token refresh-0, against an authority that rotates or does not.
Refreshed refreshed(const Names& faults, int reads, const std::string& lifetime, bool rotates = true) {
    Server gateway(Scene{.answers = {served}});
    Names answers;
    for (int i = 1; i < 9; ++i) {
        const std::string number = std::to_string(i);
        answers.push_back(answer("200 OK", R"({"access_token":"access-)" + number +
                                               R"(","token_type":"Bearer","expires_in":)" + lifetime +
                                               (rotates ? R"(,"refresh_token":"refresh-)" + number + "\"}" : "}")));
    }
    Server authority(Scene{.answers = answers});
    Options options = gateway.options(faults);
    options.authority_url = "https://localhost:" + std::to_string(authority.port());
    options.oauth.client_id = "id";
    options.refresh_token = "refresh-0";
    options.ird = "049091850";
    Refreshed result;
    {
        Client client(options);
        for (int i = 0; i < reads; ++i) {
            result.last = client.act(Act::read);
        }
    }
    for (const std::string& request : authority.requests()) {
        result.used.push_back(form_value(request.substr(request.find("\r\n\r\n") + 4), "refresh_token").value_or(""));
    }
    for (const std::string& request : gateway.requests()) {
        const std::size_t at = request.find("Bearer ") + 7;
        result.presented.push_back(request.substr(at, request.find('\r', at) - at));
    }
    return result;
}

TEST(Refresh, HappensWhenItIsDueAndWithTheNewestToken) {
    EXPECT_EQ(refreshed({}, 3, "28800").used, Names{"refresh-0"});
    EXPECT_EQ(refreshed({}, 3, "28800").presented, (Names{"access-1", "access-1", "access-1"}));
    EXPECT_EQ(refreshed({}, 3, "0").used, (Names{"refresh-0", "refresh-1", "refresh-2"}));
    EXPECT_EQ(refreshed({}, 3, "0", false).used, (Names{"refresh-0", "refresh-0", "refresh-0"}))
        << "none new: the old one stays";
}

TEST(Refresh, AFaultDoesItOtherwise) {
    EXPECT_EQ(refreshed({"never-refreshes"}, 2, "0").last.outcome, Outcome::failure);
    EXPECT_EQ(refreshed({"keeps-first-refresh-token"}, 3, "0").used, (Names{"refresh-0", "refresh-0", "refresh-0"}));
    EXPECT_EQ(refreshed({"forgets-refresh-token"}, 3, "0", false).used, Names{"refresh-0"});
    EXPECT_EQ(refreshed({"token-for-each-call"}, 3, "28800").presented, (Names{"access-1", "access-2", "access-3"}));
    EXPECT_EQ(refreshed({"token-after-expiry"}, 3, "0").presented, (Names{"access-1", "access-1", "access-1"}));
}

// ---- Rotation of the client's own certificate, and of the server's

Names shown_in_turn(const Names& faults, int reads_after) {
    const gateproof::test::TemporaryFolder folder;
    Scene scene;
    scene.setup = [](SSL_CTX* context) {
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
        SSL_CTX_set_cert_verify_callback(
            context, +[](X509_STORE_CTX*, void*) { return 1; }, nullptr);
    };
    const bool keeps = faults == Names{"keeps-old-connections"};
    scene.answers = {keeps ? good : answer("200 OK", "OK", "Connection: close\r\n")};
    Server server(std::move(scene));
    const auto place = [&folder](const char* name) {
        const Minted minted = gateproof::test::mint({.common_name = name}, &gateproof::test::pki().ca);
        return IdentitySource{folder.write("crt.pem", pem_of(minted)), folder.write("key.pem", key_pem_of(minted))};
    };
    Options options = server.options(faults);
    options.identity = place("old");
    Names shown;
    {
        Client client(options);
        EXPECT_EQ(client.act(Act::read).outcome, Outcome::success);
        place("the new one");
        for (int i = 0; i < reads_after; ++i) {
            EXPECT_EQ(client.act(Act::read).outcome, Outcome::success);
        }
    }
    for (const Visit& visit : server.visits()) {
        shown.push_back(visit.shown);
    }
    return shown;
}

TEST(Rotation, TheNewCertificateIsShownFromThenOn) {
    EXPECT_EQ(shown_in_turn({}, 2), (Names{"old", "the new one", "the new one"}));
    EXPECT_EQ(shown_in_turn({"never-reloads"}, 2), (Names{"old", "old", "old"}));
    EXPECT_EQ(shown_in_turn({"mixes-old-and-new"}, 2), (Names{"old", "the new one", "old"}));
    EXPECT_EQ(shown_in_turn({"keeps-old-connections"}, 2), Names{"old"});
}

TEST(Rotation, AServersNewCertificateIsBelievedButForAPin) {
    const Minted& root = gateproof::test::pki().ca;
    const Minted authority = gateproof::test::mint_ca("another authority", &root);
    Scene same_issuer;
    same_issuer.shown = gateproof::test::mint({}, &root);
    Scene other_issuer;
    other_issuer.shown = gateproof::test::mint({}, &authority);
    other_issuer.chain = {authority};
    Scene other_key;
    other_key.shown = gateproof::test::mint({.curve = "P-384"}, &root);
    const auto goes_on = [](const Names& faults, Scene next) {
        Server server(Scene{.answers = {answer("200 OK", "OK", "Connection: close\r\n")}});
        Client client(server.options(faults));
        EXPECT_EQ(client.act(Act::read).outcome, Outcome::success);
        next.answers = {good};
        server.change(std::move(next));
        return client.act(Act::read).outcome == Outcome::success;
    };
    for (const Scene& next : {same_issuer, other_issuer, other_key}) {
        EXPECT_TRUE(goes_on({}, next));
    }
    EXPECT_FALSE(goes_on({"pins-leaf"}, same_issuer));
    EXPECT_TRUE(goes_on({"pins-issuer"}, same_issuer));
    EXPECT_FALSE(goes_on({"pins-issuer"}, other_issuer));
    EXPECT_TRUE(goes_on({"pins-key-type"}, other_issuer));
    EXPECT_FALSE(goes_on({"pins-key-type"}, other_key));
}

}  // namespace
}  // namespace gateproof::client::test::oauth_test
