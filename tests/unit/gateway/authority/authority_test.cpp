// The authority without a network: requests in, responses out, a clock that the test turns.
#include "gateway/authority/authority.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "gateway/text/encoding.hpp"
#include "gateway/tls/pki.hpp"

namespace gateproof::gateway {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
namespace http = boost::beast::http;

constexpr const char* verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr const char* challenge =
    "&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const Pki& shared_pki() {
    static const Pki pki;
    return pki;
}

class AuthorityTest : public testing::Test {
protected:
    struct Answer {
        unsigned status;
        std::string location;
        std::string body;
        Response response;
        [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
    };

    Answer send(http::verb method, const std::string& target, const std::string& body = {},
                const std::string& basic = {}) {
        Request request{method, target, 11, body};
        request.set(http::field::content_type, "application/x-www-form-urlencoded");
        if (!cookies_.empty()) {
            request.set(http::field::cookie, cookies_);
        }
        if (!basic.empty()) {
            request.set(http::field::authorization, "Basic " + basic);
        }
        std::optional<Response> response = authority_.serve(request, asks_consent_);
        EXPECT_TRUE(response) << target;
        for (const auto& field : *response) {
            if (field.name() == http::field::set_cookie) {
                const std::string value(field.value());
                cookies_ += (cookies_.empty() ? "" : "; ") + value.substr(0, value.find(';'));
                EXPECT_THAT(value, HasSubstr("; Secure; HttpOnly; SameSite=Lax"));
            }
        }
        return {response->result_int(), std::string((*response)[http::field::location]), response->body(), *response};
    }
    Answer get(const std::string& target) { return send(http::verb::get, target); }
    Answer post(const std::string& target, const std::string& body) { return send(http::verb::post, target, body); }

    [[nodiscard]] std::string reference(const std::string& name) const { return authority_.reference(name).value(); }
    [[nodiscard]] std::string authorize_url(const std::string& client, const std::string& more = challenge) const {
        return "/gateway3/oauth/authorize?response_type=code&client_id=" + reference(client + ".id") +
               "&redirect_uri=" + percent_encoded(reference(client + ".redirect-uri")) +
               "&scope=MYIR.Services&state=a%2Bb%23" + more;
    }
    static std::string field(const std::string& page, const std::string& name) {
        const std::string mark = "name=\"" + name + "\" value=\"";
        const std::size_t at = page.find(mark);
        return at == std::string::npos
                   ? ""
                   : page.substr(at + mark.size(), page.find('"', at + mark.size()) - at - mark.size());
    }
    Answer log_in(const std::string& page, const std::string& password) {
        return post("/gateway3/oauth/login", "transaction=" + field(page, "transaction") +
                                                 "&csrf=" + field(page, "csrf") + "&username=" + user_.name +
                                                 "&password=" + percent_encoded(password));
    }
    Answer decide(const std::string& page, const std::string& decision) {
        return post("/gateway3/oauth/consent", "transaction=" + field(page, "transaction") +
                                                   "&csrf=" + field(page, "csrf") + "&decision=" + decision);
    }
    static std::string code_of(const std::string& location) {
        const std::size_t at = location.find("code=");
        return at == std::string::npos ? "" : location.substr(at + 5, location.find('&', at) - at - 5);
    }
    /// Through login and consent where they come.
    std::string new_code(const std::string& client, const std::string& more = challenge) {
        Answer answer = get(authorize_url(client, more));
        if (answer.status == 200) {
            answer = log_in(answer.body, user_.password);
        }
        if (answer.location.starts_with("/gateway3/oauth/consent")) {
            answer = decide(get(answer.location).body, "allow");
        }
        return code_of(answer.location);
    }
    [[nodiscard]] static std::string base64(const std::string& text) {
        std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
        out.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                                            reinterpret_cast<const unsigned char*>(text.data()),
                                                            static_cast<int>(text.size()))));
        return out;
    }
    [[nodiscard]] std::string credentials(const std::string& client) const {
        return base64(reference(client + ".id") + ':' + reference(client + ".secret"));
    }
    [[nodiscard]] std::string grant(const std::string& client, const std::string& code,
                                    const std::string& more = std::string("&code_verifier=") + verifier) const {
        return "grant_type=authorization_code&code=" + code +
               "&redirect_uri=" + percent_encoded(reference(client + ".redirect-uri")) + more;
    }
    Answer token(const std::string& body, const std::string& basic = {}) {
        return send(http::verb::post, "/gateway3/oauth/token", body, basic);
    }

    std::chrono::system_clock::time_point now_ = std::chrono::system_clock::time_point(1'700'000'000s);
    Fixture fixture_{shared_pki()};
    AccessTokens tokens_{[this] { return now_; }};
    FaultSet faults_;
    Authority authority_{fixture_, tokens_, faults_};
    User user_ = fixture_.user_of_role("user");
    std::string cookies_;
    bool asks_consent_ = true;
};

TEST_F(AuthorityTest, GoesFromLoginOverConsentToTokens) {
    const Answer page = get(authorize_url("client"));
    EXPECT_EQ(page.status, 200U);
    EXPECT_THAT(std::string(page.response["Content-Security-Policy"]), HasSubstr("frame-ancestors 'none'"));
    EXPECT_EQ(page.response["X-Frame-Options"], "DENY");
    const Answer logged_in = log_in(page.body, user_.password);
    EXPECT_EQ(logged_in.status, 303U);
    ASSERT_THAT(logged_in.location, StartsWith("/gateway3/oauth/consent?transaction="));
    const Answer consent = get(logged_in.location);
    EXPECT_THAT(consent.body, HasSubstr(user_.name));
    const Answer back = decide(consent.body, "allow");
    EXPECT_THAT(back.location, StartsWith(reference("client.redirect-uri") + "?code="));
    EXPECT_THAT(back.location, HasSubstr("&state=a%2Bb%23"));
    const Answer tokens = token(grant("client", code_of(back.location)), credentials("client"));
    ASSERT_EQ(tokens.status, 200U) << tokens.body;
    EXPECT_EQ(tokens.response[http::field::cache_control], "no-store");
    EXPECT_EQ(tokens.json()["token_type"], "Bearer");
    EXPECT_EQ(tokens.json()["expires_in"], "28800") << "a string, as it is published";
    EXPECT_TRUE(tokens.json().contains("refresh_token"));
    const TokenReading reading = tokens_.read(tokens.json()["access_token"].get<std::string>());
    ASSERT_TRUE(reading.claims);
    EXPECT_EQ(reading.claims->subject, user_.name);
    // Logged in and consented: the next code comes at once.
    EXPECT_FALSE(code_of(get(authorize_url("client")).location).empty());
}

TEST_F(AuthorityTest, TheMocksOwnAsksForNoConsent) {
    asks_consent_ = false;
    for (const char* const more : {"", "&prompt=consent"}) {
        cookies_.clear();
        const Answer page = get(authorize_url("client", std::string(challenge) + more));
        const Answer back = log_in(page.body, user_.password);
        EXPECT_THAT(back.location, StartsWith(reference("client.redirect-uri") + "?code=")) << more;
    }
}

TEST_F(AuthorityTest, TakesTheStatesThatArePublished) {
    const std::string url = authorize_url("client");
    const auto answered = [&](const std::string& state) {
        const std::size_t at = url.find("&state=") + 7;
        return get(url.substr(0, at) + percent_encoded(state) + url.substr(url.find('&', at))).status;
    };
    EXPECT_EQ(answered("Az09-.?,:/\\+=$#'_"), 200U);
    EXPECT_EQ(answered(std::string(199, 'a')), 200U);
    EXPECT_EQ(answered(std::string(200, 'a')), 400U);
    for (const std::string other : {" ", "%", "~", "&", ";", "!", "*", "(", "@"}) {
        EXPECT_EQ(answered("a" + other), 400U) << other;
    }
}

TEST_F(AuthorityTest, CodesEndAfterTenMinutesAndAfterOneUse) {
    const std::string late = new_code("client");
    now_ += 10min;
    EXPECT_EQ(token(grant("client", late), credentials("client")).json()["error"], "invalid_grant");
    const std::string in_time = new_code("client");
    now_ += 9min + 59s;
    const Answer first = token(grant("client", in_time), credentials("client"));
    ASSERT_EQ(first.status, 200U);
    EXPECT_EQ(token(grant("client", in_time), credentials("client")).json()["error"], "invalid_grant");
    EXPECT_EQ(tokens_.read(first.json()["access_token"].get<std::string>()).fault, TokenFault::revoked);
}

TEST_F(AuthorityTest, WrongPasswordsAreCountedAndTiedToTheFields) {
    const Answer page = get(authorize_url("client"));
    for (int attempt = 0; attempt < 4; ++attempt) {
        const Answer again = log_in(page.body, "wrong");
        EXPECT_EQ(again.status, 422U);
        EXPECT_THAT(again.body, HasSubstr("aria-describedby=\"login-error\""));
        EXPECT_THAT(again.body, HasSubstr("value=\"" + user_.name + "\""));
    }
    EXPECT_EQ(log_in(page.body, "wrong").status, 400U);
    EXPECT_EQ(log_in(page.body, user_.password).status, 400U) << "the transaction has ended";
}

TEST_F(AuthorityTest, AFormOfAnotherBrowserIsRefused) {
    const Answer page = get(authorize_url("client"));
    const std::string mine = cookies_;
    cookies_ = "gateproof_browser=" + random_token(18);
    EXPECT_EQ(log_in(page.body, user_.password).status, 400U);
    cookies_ = mine;
    std::string forged = page.body;
    forged.replace(forged.find(field(forged, "csrf")), 4, "AAAA");
    EXPECT_EQ(log_in(forged, user_.password).status, 400U);
    EXPECT_EQ(log_in(page.body, user_.password).status, 303U);
}

TEST_F(AuthorityTest, NothingIsRedirectedToWhatIsNotRegistered) {
    const std::string good = authorize_url("client");
    for (const auto& [from, to] :
         std::vector<std::pair<std::string, std::string>>{{"callback", "callback%2Fx"},
                                                          {"callback", "CALLBACK"},
                                                          {"dsp.example", "dsp.example.evil.example"},
                                                          {"&redirect_uri", "&other_uri"},
                                                          {"client_id=gateproof-cloud", "client_id=nobody"}}) {
        std::string url = good;
        url.replace(url.find(from), from.size(), to);
        const Answer answer = get(url);
        EXPECT_EQ(answer.status, 400U) << url;
        EXPECT_EQ(answer.location, "") << url;
    }
}

TEST_F(AuthorityTest, ANativeClientMayUseAnyLoopbackPortAndMustUsePkce) {
    std::string url = authorize_url("native-client");
    url.replace(url.find("127.0.0.1"), 9, "127.0.0.1%3A51234");
    EXPECT_EQ(get(url).status, 200U);
    for (const char* bad : {"127.0.0.1%3A51234%2Fx", "127.0.0.1%3A", "127.0.0.1%3A123456", "127.0.0.2", "localhost"}) {
        std::string other = authorize_url("native-client");
        other.replace(other.find("127.0.0.1"), 9, bad);
        EXPECT_EQ(get(other).status, 400U) << bad;
    }
    EXPECT_THAT(get(authorize_url("native-client", "")).location, HasSubstr("error=invalid_request"));
    EXPECT_THAT(get(authorize_url("native-client", "&code_challenge=" + std::string(43, 'a'))).location,
                HasSubstr("error=invalid_request"))
        << "without a method it would be plain";
}

TEST_F(AuthorityTest, APortThatIsRegisteredIsComparedWithTheOthersThatAre) {
    const auto with_port = [this](const std::string& port) {
        std::string url = authorize_url("registered-native-client");
        return get(url.replace(url.find("%3A8400"), 7, port)).status;
    };
    for (const char* const registered : {"%3A8400", "%3A8401", "%3A8404"}) {
        EXPECT_EQ(with_port(registered), 200U) << registered;
    }
    for (const char* const other : {"%3A8399", "%3A8405", "%3A51234", ""}) {
        EXPECT_EQ(with_port(other), 400U) << other;
    }
    const FaultSet faults(std::vector<std::string>{"any-loopback-port"});
    Authority any{fixture_, tokens_, faults};
    std::string url = authorize_url("registered-native-client");
    url.replace(url.find("%3A8400"), 7, "%3A51234");
    EXPECT_EQ(any.serve(Request{http::verb::get, url, 11})->result_int(), 200U);
}

TEST_F(AuthorityTest, WhatIsAskedForInAnotherWayThanPublished) {
    std::string url = authorize_url("client");
    const std::string query = url.substr(url.find('?') + 1);
    const Answer posted = post("/gateway3/oauth/authorize", query);
    EXPECT_EQ(posted.status, 405U);
    EXPECT_EQ(posted.response[http::field::allow], "GET, HEAD");
    const std::string basic = credentials("client");
    const std::string form = grant("client", new_code("client"));
    EXPECT_EQ(send(http::verb::post, "/gateway3/oauth/token?" + form, "", basic).json()["error"], "invalid_request");
    Request chunked{http::verb::post, "/gateway3/oauth/token", 11, form};
    chunked.set(http::field::content_type, "application/x-www-form-urlencoded");
    chunked.set(http::field::authorization, "Basic " + basic);
    chunked.chunked(true);
    EXPECT_EQ(authority_.serve(chunked)->result_int(), 411U);
    EXPECT_EQ(token(form, basic).status, 200U) << "neither of the two used the code up";
}

TEST_F(AuthorityTest, ACodeEndsWithItsTime) {
    const std::string code = new_code("client");
    now_ += 10min - 1s;
    EXPECT_EQ(token(grant("client", code), credentials("client")).status, 200U);
    const std::string late = new_code("client");
    now_ += 10min;
    EXPECT_EQ(token(grant("client", late), credentials("client")).json()["error"], "invalid_grant");
}

TEST_F(AuthorityTest, ErrorsGoBackToTheClientWithTheState) {
    std::string url = authorize_url("client");
    url.replace(url.find("response_type=code"), 18, "response_type=token");
    EXPECT_THAT(get(url).location,
                testing::AllOf(HasSubstr("error=unsupported_response_type"), HasSubstr("&state=a%2Bb%23")));
    url = authorize_url("client");
    url.replace(url.find("MYIR.Services"), 13, "everything");
    EXPECT_THAT(get(url).location, HasSubstr("error=invalid_scope"));
    const Answer page = get(authorize_url("client", std::string(challenge) + "&state=twice"));
    EXPECT_THAT(page.location, HasSubstr("error=invalid_request"));
    const Answer consent = get(log_in(get(authorize_url("client")).body, user_.password).location);
    EXPECT_THAT(decide(consent.body, "deny").location, HasSubstr("error=access_denied"));
}

TEST_F(AuthorityTest, RefreshTokensRotateAndReuseEndsTheFamily) {
    const Answer first = token(grant("client", new_code("client")), credentials("client"));
    const std::string one = first.json()["refresh_token"];
    const Answer second = token("grant_type=refresh_token&refresh_token=" + one, credentials("client"));
    ASSERT_EQ(second.status, 200U) << second.body;
    const std::string two = second.json()["refresh_token"];
    EXPECT_NE(one, two);
    EXPECT_EQ(token("grant_type=refresh_token&refresh_token=" + two, credentials("second-client")).json()["error"],
              "invalid_grant");
    EXPECT_EQ(token("grant_type=refresh_token&refresh_token=" + one, credentials("client")).json()["error"],
              "invalid_grant");
    EXPECT_EQ(token("grant_type=refresh_token&refresh_token=" + two, credentials("client")).json()["error"],
              "invalid_grant");
    EXPECT_EQ(tokens_.read(second.json()["access_token"].get<std::string>()).fault, TokenFault::revoked);
}

TEST_F(AuthorityTest, ClientsProveWhoTheyAre) {
    const std::string wrong = base64(reference("client.id") + ":wrong");
    for (const std::string& basic : {wrong, base64("nobody:x"), std::string("!!"), base64("no-colon"), std::string()}) {
        const Answer answer = token(grant("client", new_code("client")), basic);
        EXPECT_EQ(answer.status, 401U);
        EXPECT_EQ(answer.json()["error"], "invalid_client");
        EXPECT_THAT(std::string(answer.response[http::field::www_authenticate]), StartsWith("Basic"));
    }
    const std::string native = "&client_id=" + reference("native-client.id");
    const Answer tokens = token(grant("native-client", new_code("native-client")) + native);
    ASSERT_EQ(tokens.status, 200U) << tokens.body;
    EXPECT_FALSE(tokens.json().contains("refresh_token"));
    EXPECT_EQ(token("grant_type=refresh_token&refresh_token=x" + native).json()["error"], "unauthorized_client");
    EXPECT_EQ(token(grant("client", new_code("client")) + "&client_id=" + reference("client.id")).status, 401U);
}

TEST_F(AuthorityTest, WrongRequestsAreAnsweredAsDocumented) {
    const std::string basic = credentials("client");
    EXPECT_EQ(token("a=b", basic).json()["error"], "invalid_request");
    EXPECT_EQ(token("grant_type=password", basic).json()["error"], "unsupported_grant_type");
    EXPECT_EQ(token("grant_type=authorization_code", basic).json()["error"], "invalid_request");
    EXPECT_EQ(token("grant_type=a&grant_type=b", basic).json()["error"], "invalid_request");
    EXPECT_EQ(token("grant_type=%zz", basic).json()["error"], "invalid_request");
    EXPECT_EQ(token(grant("client", new_code("client"), ""), basic).json()["error"], "invalid_grant");
    EXPECT_EQ(token(grant("client", new_code("client"), "&code_verifier=wrong"), basic).json()["error"],
              "invalid_grant");
    EXPECT_EQ(token(grant("second-client", new_code("client")), basic).json()["error"], "invalid_grant");
    EXPECT_EQ(get("/gateway3/oauth/token").status, 405U);
    EXPECT_FALSE(authority_.serve(Request{http::verb::get, "/gateway3/oauth/elsewhere", 11}));
    EXPECT_FALSE(authority_.serve(Request{http::verb::get, "/gateway2/whoami", 11}));
}

TEST_F(AuthorityTest, IntrospectionAndRevocation) {
    const std::string basic = credentials("client");
    const Answer tokens = token(grant("client", new_code("client")), basic);
    const std::string access = tokens.json()["access_token"];
    const auto active = [&](const std::string& text) {
        return send(http::verb::post, "/gateway3/oauth/introspect", "token=" + text, basic).json()["active"];
    };
    EXPECT_EQ(active(access), true);
    EXPECT_EQ(active(tokens.json()["refresh_token"]), true);
    EXPECT_EQ(active("garbage"), false);
    EXPECT_EQ(post("/gateway3/oauth/introspect", "token=" + access).status, 401U);
    EXPECT_EQ(send(http::verb::post, "/gateway3/oauth/introspect", "", basic).json()["error"], "invalid_request");
    const Answer foreign =
        send(http::verb::post, "/gateway3/oauth/introspect", "token=" + access, credentials("second-client"));
    EXPECT_EQ(foreign.status, 400U);
    EXPECT_EQ(foreign.json()["error"], "unauthorized_client");
    EXPECT_EQ(send(http::verb::post, "/gateway3/oauth/revoke", "token=" + access, credentials("second-client")).status,
              200U);
    EXPECT_EQ(active(access), true) << "another client's token";
    EXPECT_EQ(send(http::verb::post, "/gateway3/oauth/revoke", "token=" + access, basic).status, 200U);
    EXPECT_EQ(active(access), false);
    EXPECT_EQ(send(http::verb::post, "/gateway3/oauth/revoke", "token=unknown", basic).status, 200U);
}

TEST_F(AuthorityTest, WhatIsTypedComesBackEscaped) {
    const Answer page = get(authorize_url("client"));
    const Answer again = post("/gateway3/oauth/login", "transaction=" + field(page.body, "transaction") +
                                                           "&csrf=" + field(page.body, "csrf") +
                                                           "&username=%22%3E%3Cscript%3E&password=x");
    EXPECT_THAT(again.body, HasSubstr("value=\"&quot;&gt;&lt;script&gt;\""));
    EXPECT_THAT(again.body, Not(HasSubstr("<script>")));
}

}  // namespace
}  // namespace gateproof::gateway
