#include "suites/gateway/oauth/judge.hpp"

#include <gmock/gmock.h>

namespace gateproof::suites {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

oauth::Authorization returned(oauth::Parameters parameters) {
    oauth::Authorization came;
    came.returned = true;
    came.parameters = std::move(parameters);
    came.login_page = true;
    came.consent_page = true;
    return came;
}

oauth::Authorization at_page(int status) {
    oauth::Authorization came;
    came.problem = "a login page";
    HttpOutcome outcome;
    outcome.response = HttpResponse{status, {}, "", false};
    came.last = outcome;
    return came;
}

oauth::TokenAnswer token_answer() {
    oauth::TokenAnswer answer;
    answer.status = 200;
    answer.content_type = "application/json";
    answer.no_store = true;
    answer.texts = {{"access_token", "abc"}, {"token_type", "bearer"}, {"scope", "s"}};
    answer.numbers = {{"expires_in", 28800}};
    answer.names = {"access_token", "token_type", "scope", "expires_in"};
    return answer;
}

TEST(OAuthJudge, ACodeWithoutALoginFails) {
    EXPECT_EQ(judge_needs_login(returned({{"code", "1"}})).outcome(), Outcome::fail);
    EXPECT_EQ(judge_needs_login(returned({{"error", "login_required"}})).outcome(), Outcome::pass);  // saw a login page
    oauth::Authorization away;
    away.elsewhere = "https://idp.example/";
    EXPECT_EQ(judge_needs_login(away).outcome(), Outcome::pass);
    EXPECT_EQ(judge_needs_login(at_page(500)).outcome(), Outcome::inconclusive);
}

TEST(OAuthJudge, TheOwnRedirectUriIsRegistered) {
    const OAuthClient client{"dsp", "", "http://127.0.0.1:8400/callback"};
    oauth::Authorization login = at_page(200);
    login.login_page = true;
    EXPECT_EQ(judge_own_redirect(login, client).outcome(), Outcome::pass);
    EXPECT_EQ(judge_own_redirect(returned({{"error", "invalid_scope"}}), client).outcome(), Outcome::pass);
    const Verdict refused = judge_own_redirect(at_page(400), client);
    EXPECT_EQ(refused.outcome(), Outcome::fail);
    EXPECT_THAT(refused.sentence(), HasSubstr("127.0.0.1:8400/callback"));
    EXPECT_EQ(judge_own_redirect(at_page(401), client).outcome(), Outcome::inconclusive) << "a splash page";
    EXPECT_EQ(judge_own_redirect(at_page(200), client).outcome(), Outcome::inconclusive) << "a page by script perhaps";
    EXPECT_EQ(judge_own_redirect(at_page(503), client).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_own_redirect({}, client).outcome(), Outcome::inconclusive);
}

TEST(OAuthJudge, TwoRefreshesAtOnce) {
    const oauth::TokenAnswer served = token_answer();
    oauth::TokenAnswer refused;
    refused.status = 401;
    refused.texts = {{"error", "invalid_grant"}};
    refused.names = {"error"};
    const oauth::TokenAnswer cut;
    EXPECT_EQ(judge_raced(served, served, std::nullopt).outcome(), Outcome::fail);
    EXPECT_EQ(judge_raced(served, refused, served).outcome(), Outcome::pass);
    EXPECT_THAT(judge_raced(refused, served, served).sentence(), HasSubstr("works on"));
    EXPECT_EQ(judge_raced(refused, served, refused).outcome(), Outcome::pass) << "the set was revoked";
    EXPECT_EQ(judge_raced(refused, refused, std::nullopt).outcome(), Outcome::warning);
    EXPECT_EQ(judge_raced(served, cut, served).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_raced(served, refused, cut).outcome(), Outcome::inconclusive);
}

TEST(OAuthJudge, AWrongPassword) {
    EXPECT_EQ(judge_wrong_password(returned({{"code", "1"}})).outcome(), Outcome::fail);
    oauth::Authorization came = at_page(200);
    EXPECT_EQ(judge_wrong_password(came).outcome(), Outcome::inconclusive) << "no login page was seen";
    came.login_page = true;
    EXPECT_EQ(judge_wrong_password(came).outcome(), Outcome::inconclusive);
    came.login_refused = true;
    EXPECT_EQ(judge_wrong_password(came).outcome(), Outcome::pass);
}

TEST(OAuthJudge, TheStateIsComparedWithBothRedirects) {
    const auto good = returned({{"code", "1"}, {"state", "s t"}});
    const auto bad = returned({{"code", "1"}, {"state", "s+t"}});
    const auto none = returned({{"code", "1"}});
    const SentState sent{"s t", good};
    EXPECT_EQ(judge_state(sent, good, sent).outcome(), Outcome::pass);
    EXPECT_EQ(judge_state(sent, at_page(400), sent).outcome(), Outcome::pass);
    EXPECT_EQ(judge_state({"s t", bad}, good, sent).outcome(), Outcome::fail);
    EXPECT_EQ(judge_state(sent, bad, sent).outcome(), Outcome::fail);
    EXPECT_EQ(judge_state({"s t", none}, good, sent).outcome(), Outcome::fail);
    EXPECT_EQ(judge_state(sent, none, sent).outcome(), Outcome::fail);
    EXPECT_EQ(judge_state(sent, good, {"s t", bad}).outcome(), Outcome::fail);
    EXPECT_EQ(judge_state(sent, good, {"s t", at_page(400)}).outcome(), Outcome::fail) << "it is not too long";
    EXPECT_EQ(judge_state(sent, good, {"s t", {}}).outcome(), Outcome::inconclusive);
}

TEST(OAuthJudge, ARefusedConsent) {
    EXPECT_EQ(judge_denied_consent(returned({{"error", "access_denied"}, {"state", "s"}}), "s").outcome(),
              Outcome::pass);
    EXPECT_EQ(judge_denied_consent(returned({{"code", "1"}}), "s").outcome(), Outcome::fail);
    EXPECT_EQ(judge_denied_consent(returned({{"error", "server_error"}}), "s").outcome(), Outcome::fail);
    oauth::Authorization unasked = returned({{"code", "1"}});
    unasked.consent_page = false;
    EXPECT_EQ(judge_denied_consent(unasked, "s").outcome(), Outcome::skipped);
    EXPECT_EQ(judge_denied_consent(at_page(200), "s").outcome(), Outcome::inconclusive);
}

TEST(OAuthJudge, RedirectVariantsResembleTheRegisteredOne) {
    const std::vector<std::string> variants = redirect_variants("https://dsp.example/cb");
    EXPECT_THAT(variants, Contains("https://dsp.example.attacker.example/cb"));
    EXPECT_THAT(variants, Contains("https://dsp.example/cb/extra"));
    EXPECT_THAT(variants, Contains("http://dsp.example/cb"));
    EXPECT_THAT(variants, Contains("https://dsp.example/CB"));
    EXPECT_THAT(variants, Not(Contains("https://dsp.example/cb")));
    EXPECT_THAT(redirect_variants("http://127.0.0.1/"), Not(Contains("http://127.0.0.1/")));
    EXPECT_FALSE(redirect_variants("org.example.app:/cb").empty());
}

TEST(OAuthJudge, WhereAVariantMayLead) {
    const std::string registered = "https://dsp.example/cb";
    const std::string variant = registered + "x";
    EXPECT_EQ(judge_redirect_variant(returned({{"error", "x"}}), variant, registered)->outcome(), Outcome::fail);
    EXPECT_FALSE(judge_redirect_variant(at_page(400), variant, registered));
    oauth::Authorization away = at_page(302);
    away.elsewhere = "https://attacker.example/";
    EXPECT_EQ(judge_redirect_variant(away, variant, registered)->outcome(), Outcome::fail);
    away.elsewhere = registered;
    EXPECT_FALSE(judge_redirect_variant(away, variant, registered));
    const std::string long_one = registered + "/" + std::string(300, 'a');
    away.elsewhere = long_one;
    EXPECT_FALSE(judge_redirect_variant(away, long_one + "x", long_one)) << "however long, it is the registered one";
    EXPECT_EQ(judge_redirect_variant(oauth::Authorization{}, variant, registered)->outcome(), Outcome::inconclusive);
}

TEST(OAuthJudge, WhoMayFrame) {
    const auto with = [](std::vector<std::pair<std::string, std::string>> headers) {
        return framable(HttpResponse{200, std::move(headers), "", false});
    };
    EXPECT_NE(with({}), "");
    EXPECT_EQ(with({{"x-frame-options", "DENY"}}), "");
    EXPECT_EQ(with({{"x-frame-options", "SameOrigin"}}), "");
    EXPECT_NE(with({{"x-frame-options", "ALLOW-FROM https://a"}}), "");
    EXPECT_EQ(with({{"content-security-policy", "default-src 'none'; frame-ancestors 'none'"}}), "");
    EXPECT_EQ(with({{"content-security-policy", "frame-ancestors 'self'"}}), "");
    EXPECT_NE(with({{"content-security-policy", "frame-ancestors *"}, {"x-frame-options", "DENY"}}), "");
    EXPECT_NE(with({{"content-security-policy", "frame-ancestors https:"}}), "");
    EXPECT_NE(with({{"content-security-policy", "frame-ancestors 'self' http:; img-src x"}}), "");
    EXPECT_EQ(with({{"content-security-policy", "frame-ancestors 'self' *.ird.govt.nz"}}), "");
    EXPECT_EQ(with({{"content-security-policy", "frame-ancestors http://one.example"}}), "");
    EXPECT_NE(with({{"content-security-policy", "default-src 'none'"}}), "");
}

/// The published form of a lifetime.
auto lives(std::string text) {
    return [text = std::move(text)](oauth::TokenAnswer& answer) {
        answer.numbers.clear();
        answer.texts["expires_in"] = text;
    };
}

TEST(OAuthJudge, ALifetimeMayBeAString) {
    oauth::TokenAnswer answer = token_answer();
    lives("28800")(answer);
    const Verdict verdict = judge_token_response(answer, 28800, "s");
    EXPECT_EQ(verdict.outcome(), Outcome::pass);
    EXPECT_THAT(verdict.sentence(), HasSubstr("28800 s as a string"));
}

TEST(OAuthJudge, ThatATokenMayBeStoredIsAWarning) {
    oauth::TokenAnswer answer = token_answer();
    answer.no_store = false;
    const Verdict verdict = judge_token_response(answer, 28800, "s");
    EXPECT_EQ(verdict.outcome(), Outcome::warning);
    EXPECT_THAT(verdict.sentence(), HasSubstr("no-store"));
    answer.texts["token_type"] = "mac";
    EXPECT_EQ(judge_token_response(answer, 28800, "s").outcome(), Outcome::fail);
}

TEST(OAuthJudge, EveryPartOfTheTokenResponseCounts) {
    EXPECT_EQ(judge_token_response(token_answer(), 28800, "s").outcome(), Outcome::pass);
    const auto broken = [](auto change) {
        oauth::TokenAnswer answer = token_answer();
        change(answer);
        return judge_token_response(answer, 28800, "s").sentence();
    };
    EXPECT_THAT(broken([](auto& answer) { answer.texts["token_type"] = "mac"; }), HasSubstr("token_type"));
    EXPECT_THAT(broken([](auto& answer) { answer.numbers["expires_in"] = 28801; }), HasSubstr("expires_in is 28801"));
    EXPECT_THAT(broken([](auto& answer) { answer.numbers["expires_in"] = 0; }), HasSubstr("expires_in is 0"));
    EXPECT_THAT(broken([](auto& answer) { answer.numbers.clear(); }), HasSubstr("no expires_in"));
    EXPECT_THAT(broken(lives("28801")), HasSubstr("expires_in is 28801"));
    for (const std::string no_number : {"", "8h", "-1", "28800.0", " 28800", "99999999999999999999"}) {
        EXPECT_THAT(broken(lives(no_number)), HasSubstr("no expires_in")) << no_number;
    }
    EXPECT_THAT(broken([](auto& answer) { answer.content_type = "text/html"; }), HasSubstr("text/html"));
    EXPECT_THAT(broken([](auto& answer) { answer.malformed = "a key twice"; }), HasSubstr("a key twice"));
    EXPECT_THAT(broken([](auto& answer) { answer.texts["scope"] = "s t"; }), HasSubstr("scope is s t"));
    oauth::TokenAnswer reordered = token_answer();
    reordered.texts["scope"] = "t s";
    EXPECT_EQ(judge_token_response(reordered, 28800, "s t").outcome(), Outcome::pass) << "RFC 6749 3.3";
}

TEST(OAuthJudge, ErrorsAreHeldAgainstTheDocumentedShapes) {
    const ErrorCase expected{"of a test", {"invalid_grant"}, {400}};
    oauth::TokenAnswer answer;
    answer.status = 400;
    answer.content_type = "application/json";
    answer.texts = {{"error", "invalid_grant"}};
    answer.names = {"error"};
    EXPECT_EQ(error_fault(answer, expected), "");
    EXPECT_EQ(error_doubt(answer, expected), "");
    answer.status = 403;
    EXPECT_EQ(error_fault(answer, expected), "") << "clients are told not to read the status";
    EXPECT_THAT(error_doubt(answer, expected), HasSubstr("HTTP 403 invalid_grant where 400 is published"));
    answer.status = 500;
    EXPECT_THAT(error_fault(answer, expected), HasSubstr("HTTP 500"));
    answer.status = 400;
    answer.texts["error"] = "invalid_request";
    EXPECT_THAT(error_fault(answer, expected), HasSubstr("expected invalid_grant"));
    answer.status = 200;
    EXPECT_THAT(error_fault(answer, expected), HasSubstr("HTTP 200"));
    answer.status = 400;
    answer.content_type = "text/html";
    answer.malformed = "HTML instead of JSON";
    EXPECT_THAT(error_fault(answer, expected), HasSubstr("HTML instead of JSON"));
    EXPECT_THAT(error_fault(token_answer(), expected), HasSubstr("was granted"));
}

}  // namespace
}  // namespace gateproof::suites
