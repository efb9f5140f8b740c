#include "suites/gateway/oauth/judge.hpp"

#include <gmock/gmock.h>

#include "harness/probe/jwt/jwt.hpp"
#include "harness/profile/profile.hpp"
#include "suites/gateway/oauth/needs.hpp"
#include "suites/gateway/oauth/probe.hpp"

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

TEST(OAuthJudge, ALoginThatBeginsByPostIsNoMoreThanPublished) {
    oauth::Authorization login = at_page(200);
    login.login_page = true;
    EXPECT_EQ(judge_by_post(login, at_page(405)).outcome(), Outcome::pass);
    EXPECT_EQ(judge_by_post(login, at_page(404)).outcome(), Outcome::pass);
    oauth::Authorization told;
    told.returned = true;
    told.parameters = {{"error", "invalid_request"}};
    EXPECT_EQ(judge_by_post(login, told).outcome(), Outcome::pass);
    EXPECT_EQ(judge_by_post(login, login).outcome(), Outcome::warning);
    oauth::Authorization away;
    away.elsewhere = "https://idp.example/";
    EXPECT_EQ(judge_by_post(away, away).outcome(), Outcome::warning);
    EXPECT_EQ(judge_by_post(login, at_page(503)).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_by_post(login, {}).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_by_post(at_page(400), at_page(400)).outcome(), Outcome::inconclusive) << "GET began none either";
}

TEST(OAuthJudge, APageInFrontOfTheLoginIsNamed) {
    oauth::Authorization splash = at_page(200);
    splash.splash_page = true;
    splash.problem = oauth::splash_problem;
    const OAuthClient client{"dsp", "", "https://dsp.example/callback"};
    for (const Verdict& verdict : {judge_own_redirect(splash, client), judge_by_post(splash, splash),
                                   judge_unknown_scope(splash, splash), judge_other_ports(splash, {splash})}) {
        EXPECT_EQ(verdict.outcome(), Outcome::inconclusive);
        EXPECT_THAT(verdict.sentence(), HasSubstr("sources that are not allow-listed"));
        EXPECT_THAT(verdict.remedy(), HasSubstr("have the address of this machine allow-listed"));
    }
    EXPECT_FALSE(kept_outside(at_page(403)));
    EXPECT_TRUE(kept_outside(at_page(407)));
    oauth::Authorization login = at_page(401);
    login.login_page = true;
    EXPECT_FALSE(kept_outside(login)) << "a wrong password";
}

TEST(OAuthJudge, PortsThatAreNotRegistered) {
    oauth::Authorization login = at_page(200);
    login.login_page = true;
    const oauth::Authorization refused = at_page(400);
    EXPECT_EQ(judge_other_ports(login, {refused, refused, refused}).outcome(), Outcome::pass);
    EXPECT_EQ(judge_other_ports(login, {login, login, login}).outcome(), Outcome::warning);
    EXPECT_EQ(judge_other_ports(login, {refused, login, refused}).outcome(), Outcome::inconclusive)
        << "it may be registered as well";
    EXPECT_EQ(judge_other_ports(login, {refused, at_page(503), refused}).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_other_ports(refused, {refused}).outcome(), Outcome::inconclusive)
        << "not even the own one is taken";
    oauth::Authorization sent = returned({{"error", "invalid_request"}});
    sent.login_page = sent.consent_page = false;
    EXPECT_EQ(judge_other_ports(login, {sent, sent}).outcome(), Outcome::warning) << "an error goes there as well";
}

/// A token that says this, with a signature that nobody looks at.
std::string token_of(const jwt::Json& header, const jwt::Json& claims) {
    return jwt::compact(jwt::signing_input(header, claims), "signature");
}

TEST(OAuthJudge, TheFormOfAnAccessToken) {
    const jwt::Json header{{"alg", "RS512"}, {"typ", "at-JWT"}};
    const jwt::Json claims{
        {"nbf", 1'699'999'700}, {"iat", 1'700'000'000}, {"exp", 1'700'028'800}, {"sub", "canary-ana"}};
    const auto judged = [](const jwt::Json& with_header, const jwt::Json& with_claims,
                           const AccessTokenForm& form = {}) {
        return judge_token_form(token_of(with_header, with_claims), form, 28800);
    };
    const auto with = [](jwt::Json object, const char* name, const jwt::Json& value) {
        object[name] = value;
        return object;
    };
    const auto without = [](jwt::Json object, const char* name) {
        object.erase(name);
        return object;
    };
    EXPECT_EQ(judged(header, claims).outcome(), Outcome::pass);
    EXPECT_EQ(judged(with(header, "typ", "AT-jwt"), claims).outcome(), Outcome::pass) << "RFC 7515 4.1.9";
    for (const auto& [verdict, says] :
         {std::pair{judged(with(header, "typ", "JWT"), claims), "typ is JWT where at-JWT"},
          std::pair{judged(without(header, "typ"), claims), "typ is missing"},
          std::pair{judged(with(header, "alg", "RS256"), claims), "alg is RS256 where RS512"},
          std::pair{judged(with(header, "alg", 5), claims), "alg is missing"},
          std::pair{judged(header, with(claims, "exp", 1'700'000'060)), "lasts 60 s"},
          std::pair{judged(header, without(claims, "iat")), "(iat, exp)"},
          std::pair{judged(header, with(claims, "exp", "soon")), "(iat, exp)"},
          std::pair{judged(header, with(claims, "exp", -1)), "(iat, exp)"},
          std::pair{judged(header, without(claims, "nbf")), "(nbf)"},
          std::pair{judged(header, with(claims, "nbf", 1'700'000'000)), "from 0 s before iat where 300 s"}}) {
        EXPECT_EQ(verdict.outcome(), Outcome::warning) << says;
        EXPECT_THAT(verdict.sentence(), HasSubstr(says));
        EXPECT_THAT(verdict.sentence(), Not(HasSubstr("canary"))) << "what else it says is nobody's business";
    }
    const Verdict longer = judged(with(header, "typ", "x"), with(claims, "exp", 1'700'086'400));
    EXPECT_EQ(longer.outcome(), Outcome::fail) << "it outlives what clients are told";
    EXPECT_THAT(longer.facts(), testing::SizeIs(2));
    const AccessTokenForm agreed{.type = "JWT", .algorithm = "ES256", .not_before = 0};
    EXPECT_EQ(judged({{"alg", "ES256"}, {"typ", "JWT"}}, with(claims, "nbf", 1'700'000'000), agreed).outcome(),
              Outcome::pass);
    const Verdict opaque = judge_token_form("canary-of-an-opaque-token", {}, 28800);
    EXPECT_EQ(opaque.outcome(), Outcome::warning);
    EXPECT_THAT(opaque.remedy(), HasSubstr(R"("access_token": {"format": "opaque"})"));
    EXPECT_THAT(opaque.sentence(), Not(HasSubstr("canary")));
}

oauth::TokenAnswer refused_with(int status, const std::string& error) {
    oauth::TokenAnswer answer;
    answer.status = status;
    answer.content_type = "application/json";
    answer.texts = {{"error", error}};
    answer.names = {"error"};
    return answer;
}

TEST(OAuthJudge, HowLongACodeIsGood) {
    using std::chrono::seconds;
    const oauth::TokenAnswer refused = refused_with(401, "invalid_grant");
    const auto judged = [](const oauth::TokenAnswer& early, const oauth::TokenAnswer& late,
                           seconds early_age = seconds(450)) {
        return judge_code_lifetime({late, seconds(630), early, early_age}, seconds(600));
    };
    EXPECT_EQ(judged(token_answer(), refused).outcome(), Outcome::pass);
    EXPECT_EQ(judged(token_answer(), token_answer()).outcome(), Outcome::fail);
    EXPECT_EQ(judged(refused, token_answer()).outcome(), Outcome::fail);
    EXPECT_EQ(judged(refused, refused).outcome(), Outcome::warning) << "it ended too early";
    EXPECT_EQ(judged(refused, refused, seconds(601)).outcome(), Outcome::pass) << "it came too late to tell";
    EXPECT_EQ(judged({}, refused).outcome(), Outcome::pass);
    EXPECT_EQ(judged(token_answer(), {}).outcome(), Outcome::inconclusive);
}

TEST(OAuthJudge, AScopeThatNobodyKnows) {
    const auto told = [](const char* error) {
        oauth::Authorization came;
        came.returned = true;
        came.parameters = {{"error", error}};
        return came;
    };
    oauth::Authorization login = at_page(200);
    login.login_page = true;
    const auto judged = [&login](const oauth::Authorization& came) { return judge_unknown_scope(login, came); };
    EXPECT_EQ(judged(told("invalid_scope")).outcome(), Outcome::pass);
    EXPECT_EQ(judge_unknown_scope(at_page(400), at_page(400)).outcome(), Outcome::inconclusive)
        << "whoever refuses everything proves nothing";
    EXPECT_THAT(judged(told("invalid_scope")).sentence(), HasSubstr("by a redirect"));
    EXPECT_EQ(judged(told("invalid_request")).outcome(), Outcome::warning);
    EXPECT_EQ(judged(at_page(400)).outcome(), Outcome::pass);
    EXPECT_THAT(judged(at_page(400)).sentence(), HasSubstr("other published way"));
    EXPECT_EQ(judged(at_page(403)).outcome(), Outcome::warning);
    EXPECT_EQ(judged(at_page(401)).outcome(), Outcome::inconclusive) << "a splash page";
    EXPECT_EQ(judged(at_page(500)).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judged(login).outcome(), Outcome::inconclusive) << "it may be refused behind the login";
    EXPECT_EQ(judged({}).outcome(), Outcome::inconclusive);

    oauth::TokenAnswer tokens = token_answer();
    EXPECT_EQ(judge_unknown_scope_granted(tokens, "s").outcome(), Outcome::fail);
    EXPECT_EQ(judge_unknown_scope_granted(tokens, "t").outcome(), Outcome::warning)
        << "RFC 6749 3.3 lets it be passed over";
    std::erase(tokens.names, "scope");
    EXPECT_EQ(judge_unknown_scope_granted(tokens, "t").outcome(), Outcome::fail) << "the scope that was asked for";
    EXPECT_EQ(judge_unknown_scope_granted({}, "t").outcome(), Outcome::fail) << "a code was given";
}

TEST(OAuthJudge, ATokenRequestWithoutALength) {
    EXPECT_EQ(judge_without_length(token_answer()).outcome(), Outcome::warning);
    EXPECT_EQ(judge_without_length(refused_with(411, "invalid_request")).outcome(), Outcome::pass);
    oauth::TokenAnswer answer;
    for (const int refused : {400, 411, 501}) {
        answer.status = refused;
        EXPECT_EQ(judge_without_length(answer).outcome(), Outcome::pass) << refused;
    }
    for (const int unclear : {0, 200, 500}) {
        answer.status = unclear;
        EXPECT_EQ(judge_without_length(answer).outcome(), Outcome::inconclusive) << unclear;
    }
}

TEST(OAuthJudge, ATokenOfAnotherClient) {
    EXPECT_EQ(judge_introspection_of_others(refused_with(400, "unauthorized_client")).outcome(), Outcome::pass);
    EXPECT_EQ(judge_introspection_of_others(refused_with(403, "unauthorized_client")).outcome(), Outcome::warning);
    EXPECT_EQ(judge_introspection_of_others(refused_with(400, "invalid_request")).outcome(), Outcome::warning);
    EXPECT_EQ(judge_introspection_of_others(refused_with(401, "invalid_client")).outcome(), Outcome::inconclusive);
    oauth::TokenAnswer answer;
    answer.status = 200;
    answer.names = {"active"};
    answer.flags = {{"active", false}};
    EXPECT_EQ(judge_introspection_of_others(answer).outcome(), Outcome::pass) << "RFC 7662 2.2";
    answer.flags = {{"active", true}};
    EXPECT_EQ(judge_introspection_of_others(answer).outcome(), Outcome::warning);
    EXPECT_EQ(judge_introspection_of_others({}).outcome(), Outcome::inconclusive);
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

TEST(OAuthNeeds, AHumanStandsForTheLoginOfTheProgram) {
    Profile profile;
    profile.authority.emplace();
    EXPECT_THAT(user_login().lack(profile), HasSubstr("gateproof run --interactive"));
    profile.authority->automated = true;
    EXPECT_THAT(user_login().lack(profile), HasSubstr("gateproof run --interactive"));
    EXPECT_EQ(login_by_program().lack(profile), "");
    profile.authority->by_human = true;
    EXPECT_EQ(user_login().lack(profile), "");
    EXPECT_THAT(login_by_program().lack(profile), HasSubstr("without --interactive"));
    EXPECT_TRUE(profile.authority->supplies_token("user"));
    EXPECT_FALSE(profile.authority->supplies_token("second-user"));
}

TEST(OAuthJudgement, APageWithoutAFormIsALoginPageOnlyWhereItIsShown) {
    oauth::Authorization shown = at_page(200);
    take_for_login_page(shown);
    EXPECT_EQ(judge_needs_login(shown).outcome(), Outcome::pass);
    for (const int status : {302, 400, 500}) {
        oauth::Authorization refused = at_page(status);
        take_for_login_page(refused);
        EXPECT_EQ(judge_needs_login(refused).outcome(), Outcome::inconclusive) << status;
    }
    oauth::Authorization granted = returned({{"code", "c"}});
    take_for_login_page(granted);
    EXPECT_EQ(judge_needs_login(granted).outcome(), Outcome::fail);
}

}  // namespace
}  // namespace gateproof::suites
