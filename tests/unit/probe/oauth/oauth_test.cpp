// Readings of what an authority sends: tokens, forms, redirects.
#include "harness/probe/oauth/oauth.hpp"

#include <gmock/gmock.h>

#include <ctime>

#include "harness/probe/oauth/authorization.hpp"

namespace gateproof::oauth {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

HttpOutcome answer(int status, std::string body, std::string type = "application/json") {
    HttpOutcome outcome;
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    response.headers = {{"content-type", std::move(type)}, {"cache-control", "private, No-Store"}};
    outcome.response = std::move(response);
    return outcome;
}

TEST(Pkce, FollowsTheExampleOfRfc7636) {
    EXPECT_EQ(Pkce::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").challenge,
              "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    EXPECT_EQ(Pkce::fresh().verifier.size(), 43U);
    EXPECT_NE(Pkce::fresh().verifier, Pkce::fresh().verifier);
}

TEST(TokenAnswer, ReadsTheDocumentedMembers) {
    const TokenAnswer read = read_token_answer(answer(
        200, R"({"access_token":"abc","token_type":"Bearer","expires_in":28800,"scope":"MYIR.Services","x":[1]})",
        "Application/JSON; charset=utf-8"));
    EXPECT_TRUE(read.granted());
    EXPECT_FALSE(read.refused());
    EXPECT_EQ(read.numbers.at("expires_in"), 28800);
    EXPECT_EQ(read.content_type, "application/json");
    EXPECT_TRUE(read.no_store);
    EXPECT_TRUE(read.has("x"));
    EXPECT_THAT(read.summary(), Not(HasSubstr("abc")));
}

TEST(TokenAnswer, SaysWhatIsWrongWithABody) {
    EXPECT_THAT(read_token_answer(answer(200, R"({"access_token":"a","access_token":"b"})")).malformed,
                HasSubstr("access_token"));
    EXPECT_EQ(read_token_answer(answer(200, "<html></html>", "text/html")).malformed, "HTML instead of JSON");
    EXPECT_EQ(read_token_answer(answer(200, "[]")).malformed, "no JSON object");
    EXPECT_EQ(read_token_answer(answer(200, std::string(5000, '['))).malformed, "no JSON object");
    EXPECT_EQ(read_token_answer(answer(200, "")).malformed, "an empty body");
    HttpOutcome endless = answer(200, R"({"access_token":")" + std::string(1000, 'a'));
    endless.response->truncated = true;
    EXPECT_EQ(read_token_answer(endless).malformed, "a body of more than 1024 KiB");
    EXPECT_FALSE(read_token_answer(endless).granted());
    HttpOutcome cut = answer(200, R"({"access_token":"abc"})");
    cut.end = Ending::closed;
    EXPECT_EQ(read_token_answer(cut).status, 0);
    EXPECT_FALSE(read_token_answer(cut).granted());
}

TEST(TokenAnswer, ARefusalNamesAnErrorOrIsA4xx) {
    EXPECT_TRUE(read_token_answer(answer(400, R"({"error":"invalid_grant"})")).refused());
    EXPECT_TRUE(read_token_answer(answer(401, "no")).refused());
    EXPECT_TRUE(read_token_answer(answer(200, R"({"error":"invalid_grant"})")).refused());
    EXPECT_FALSE(read_token_answer(answer(500, "oops")).refused());
    EXPECT_FALSE(read_token_answer(answer(400, R"({"error":"x","access_token":"abc"})")).refused());
    EXPECT_FALSE(read_token_answer(HttpOutcome{}).refused());
}

TEST(Secrets, AreFoundInRedirectsBodiesAndCookies) {
    HttpOutcome outcome = answer(200, R"({"access_token": "token-one", "refresh_token":"token-two", broken)");
    outcome.response->headers.emplace_back("location", "https://dsp.example/cb?state=visible&code=code%2Done1#x");
    outcome.response->headers.emplace_back("set-cookie", "sid=session-one; Path=/");
    outcome.response->headers.emplace_back("set-cookie", "seen=true");
    EXPECT_THAT(secrets_of(outcome),
                testing::UnorderedElementsAre("code-one1", "session-one", "token-one", "token-two"));
    HttpOutcome open = answer(200, R"({"access_token":"never-ending)");
    EXPECT_THAT(secrets_of(open), ElementsAre("never-ending"));
    // Sent on is what a JSON reader makes of it, which is not what the body says.
    HttpOutcome escaped = answer(200, R"({"access_token":"ab\/cd+ef","refresh\u005ftoken":"token-two"})");
    EXPECT_THAT(secrets_of(escaped), testing::UnorderedElementsAre(R"(ab\/cd+ef)", "ab/cd+ef", "token-two"));
}

TEST(Shown, HalfAWordIsNoWord) {
    const std::string token(70, 'x');
    EXPECT_EQ(shown("the code is used up\n"), "the code is used up?");
    EXPECT_EQ(shown("gave " + token), "gave ...");
    EXPECT_EQ(shown(token), "...");
    EXPECT_EQ(shown(std::string(60, 'x') + " y"), std::string(60, 'x') + " ...");
    EXPECT_EQ(shown_url("https://dsp.example/cb?code=1"), "https://dsp.example/cb");
    EXPECT_EQ(shown_url("https://dsp.example/" + token), "https://dsp.example/" + token) << "whole, to be redacted";
    EXPECT_EQ(shown_url("https://dsp.example/" + token + token + token), "https://dsp.example/...");
    EXPECT_EQ(shown_url(token + token + token), "...");
    EXPECT_EQ(shown_url("https://" + token + token + token + "/x"), "...");
}

TEST(Query, RoundTripsWhatFormsHold) {
    const Parameters parameters{{"a b", "c&d=e"}, {"f", "\xc4\x81+/"}};
    EXPECT_EQ(form_encoded(parameters), "a%20b=c%26d%3De&f=%C4%81%2B%2F");
    EXPECT_EQ(parse_query(form_encoded(parameters)), parameters);
    EXPECT_THAT(parse_query("a=%zz&b=+&&c"), ElementsAre(Pair("a", "%zz"), Pair("b", " "), Pair("c", "")));
}

TEST(Redirects, AreTheClientsOnlyWhenTheyAreItsOwn) {
    const std::string uri = "https://dsp.example/cb";
    EXPECT_EQ(returned_query("https://dsp.example/cb?code=1", uri), "code=1");
    EXPECT_EQ(returned_query("https://dsp.example/cb?code=1#_", uri), "code=1");
    EXPECT_EQ(returned_query("https://dsp.example/cb", uri), "");
    EXPECT_FALSE(returned_query("https://dsp.example/cbx?code=1", uri));
    EXPECT_FALSE(returned_query("https://dsp.example/?code=1", uri));
    EXPECT_EQ(returned_query("https://dsp.example/cb?x=1&code=1", uri + "?x=1"), "code=1");
    EXPECT_FALSE(returned_query("https://dsp.example/", ""));
}

TEST(Redirects, OnTheSameServerAreFollowed) {
    Endpoint server;
    server.host = "login.example";
    server.port = 8443;
    const std::string here = "/id/authorize?x=1";
    EXPECT_EQ(same_server_target("/login", server, here), "/login");
    EXPECT_EQ(same_server_target("login?a#b", server, here), "/id/login?a");
    EXPECT_EQ(same_server_target("?b=2", server, here), "/id/authorize?b=2");
    EXPECT_EQ(same_server_target("", server, here), here);
    EXPECT_EQ(same_server_target("https://LOGIN.example:8443/a", server, here), "/a");
    EXPECT_EQ(same_server_target("https://login.example:8443?a", server, here), "/?a");
    for (const char* elsewhere :
         {"https://login.example/a", "https://login.example:84431/a", "http://login.example:8443/a",
          "//login.example/a", "https://other.example/", "javascript:alert(1)", "\\\\other.example", "/a b",
          "https://login.example:8443@other.example/"}) {
        EXPECT_FALSE(same_server_target(elsewhere, server, here)) << elsewhere;
    }
}

constexpr const char* login_html = R"(<!doctype html><!-- <form><input type=password name=trap> --><script>
"<form><input type='password' name='trap2'>"</script>
<FORM METHOD=Post ACTION="/login?a=1&amp;b=2"><input type=hidden name=csrf value="&quot;x&#39;&#x41;">
<input name="user" type='text'><input type=password name="pw"><input type=checkbox name=stay checked>
<input type=checkbox name=other><input disabled name=off value=1><button name=go value=1>Log <b>in</b></button></FORM>
<input name=outside>)";

TEST(Forms, AreReadAsABrowserDoes) {
    const std::vector<HtmlForm> forms = read_forms(login_html);
    ASSERT_EQ(forms.size(), 1U);
    EXPECT_EQ(forms[0].action, "/login?a=1&b=2");
    EXPECT_TRUE(forms[0].post);
    EXPECT_EQ(forms[0].field("csrf")->value, "\"x'A");
    EXPECT_EQ(forms[0].field("off"), nullptr);
    EXPECT_EQ(forms[0].field("outside"), nullptr);
    EXPECT_EQ(forms[0].of_type("submit")->label, "Log in");
}

TEST(Forms, ALoginIsFilledIn) {
    const std::vector<HtmlForm> forms = read_forms(login_html);
    const HtmlForm* const form = login_form(forms, {});
    ASSERT_NE(form, nullptr);
    const auto members = filled_login(*form, {}, {"ana", "secret"});
    ASSERT_TRUE(members);
    EXPECT_THAT(*members, ElementsAre(Pair("csrf", "\"x'A"), Pair("user", "ana"), Pair("pw", "secret"),
                                      Pair("stay", "on"), Pair("go", "1")));
    EXPECT_EQ(login_form(forms, {.user_field = "", .password_field = "nothing", .consent = {}, .deny = {}}), nullptr);
}

TEST(Forms, ConsentIsGivenAndRefusedByItsButtons) {
    const auto forms = read_forms(R"(<form method=post><input type=hidden name=t value=1>
        <button name=d value=y>Allow</button><button name=d value=n>Don't allow: deny</button></form>)");
    ASSERT_EQ(forms.size(), 1U);
    EXPECT_THAT(*filled_consent(forms[0], {}, Decision::agree), ElementsAre(Pair("t", "1"), Pair("d", "y")));
    EXPECT_THAT(*filled_consent(forms[0], {}, Decision::refuse), ElementsAre(Pair("t", "1"), Pair("d", "n")));
    LoginRecipe recipe;
    recipe.deny = {{"d", "never"}};
    EXPECT_THAT(*filled_consent(forms[0], recipe, Decision::refuse), Contains(Pair("d", "never")));
    recipe.consent = {{"elsewhere", "1"}};
    EXPECT_FALSE(filled_consent(forms[0], recipe, Decision::agree));
}

std::vector<std::string> names_in(const HtmlForm& form) {
    std::vector<std::string> names;
    for (const FormField& field : form.fields) {
        names.push_back(field.name);
    }
    return names;
}

/// libxml2 ends a form with the element around it, and begins the second; browsers (HTML 4.10.18.3, 13.2.6.4) do
/// neither.
TEST(Forms, AFormEndsByItsOwnTagAlone) {
    for (const char* page :
         {"<div><form action=/a></div><input name=b><form action=/c><input name=d></form><input name=e>",
          "<table><form action=/a><tr><td><input name=b></table><input name=d></form><input name=e>",
          "<form action=/a><div><input name=b><input name=d></form><input name=e></div>"}) {
        const std::vector<HtmlForm> forms = read_forms(page);
        ASSERT_EQ(forms.size(), 1U) << page;
        EXPECT_EQ(forms[0].action, "/a") << page;
        EXPECT_THAT(names_in(forms[0]), ElementsAre("b", "d")) << page;
    }
}

TEST(Forms, AFieldBelongsToTheFormThatItNames) {
    const auto forms = read_forms(
        "<input name=a form=late><form id=early><input name=b><input name=c form=late><input name=d form=none></form>"
        "<form id=late><input name=e></form><button name=f form=early>");
    ASSERT_EQ(forms.size(), 2U);
    EXPECT_THAT(names_in(forms[0]), ElementsAre("b", "f"));
    EXPECT_THAT(names_in(forms[1]), ElementsAre("a", "c", "e"));
}

TEST(Forms, WhatIsTextToABrowserHasNoFields) {
    const auto forms = read_forms(
        "<title><form><input name=a></form></title><form><textarea><input name=b></textarea><template><div><input "
        "name=c>"
        "</template><input name=d><noscript><button>\n Go <b>on</b>\n</button></noscript></form>");
    ASSERT_EQ(forms.size(), 1U);
    EXPECT_THAT(names_in(forms[0]), ElementsAre("d", ""));
    EXPECT_EQ(forms[0].fields[1].label, "Go on") << "we run no scripts";
}

/// libxml2 compares all attributes of a tag with each other, and looks for the start of each end tag.
TEST(Forms, PagesThatAreMadeToBeSlowEndSoonAndInSilence) {
    std::string attributes = "<form><input name=a></form><form ";
    for (int i = 0; i < 50'000; ++i) {
        attributes += "a" + std::to_string(i) + (i % 2 == 0 ? " " : "='>'");
    }
    std::string open;
    for (const char* tag : {"<b>", "</i>"}) {
        for (int i = 0; i < 70'000; ++i) {
            open += tag;
        }
    }
    testing::internal::CaptureStderr();
    const std::clock_t begun = std::clock();
    EXPECT_THAT(names_in(read_forms(attributes).at(0)), ElementsAre("a"));
    read_forms(open);
    EXPECT_LT(std::clock() - begun, 5 * CLOCKS_PER_SEC) << "of processor time";
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Forms, HostilePagesStayWithinBounds) {
    std::string many;
    for (int i = 0; i < 1000; ++i) {
        many += "<form action=/" + std::to_string(i) + "><input name=a>";
        many += "</form>";
    }
    EXPECT_EQ(read_forms(many).size(), max_forms);
    std::string fields = "<form>";
    for (int i = 0; i < 1000; ++i) {
        fields += "<input name=a" + std::to_string(i) + ">";
    }
    EXPECT_EQ(read_forms(fields)[0].fields.size(), max_form_fields);
    const auto long_value = read_forms("<form><input name=a value='" + std::string(100'000, 'x') + "'>");
    EXPECT_EQ(long_value[0].fields[0].value.size(), max_attribute_bytes);
    for (const char* broken :
         {"<", "<form", "<form a", "<form a=", "<form a=\"", "<input", "</", "<!--", "<script>", "<script></scrip", "&",
          "<form><input value='&#9999999999;&#xd800;&bogus;'>", "<>", "<//>"}) {
        read_forms(broken);
    }
    EXPECT_THAT(read_forms(std::string(max_page_bytes, '<')), IsEmpty());
}

}  // namespace
}  // namespace gateproof::oauth
