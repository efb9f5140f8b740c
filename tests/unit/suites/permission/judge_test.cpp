// Judgements of the suites m2m and permission, by answers alone.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "suites/gateway/m2m/suite.hpp"
#include "suites/gateway/permission/oracle.hpp"
#include "suites/gateway/permission/record.hpp"
#include "suites/gateway/permission/suite.hpp"

namespace gateproof::suites {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::map<std::string, ErrorModel> models = documented_errors();

HttpOutcome answer(int status, std::string body, std::string type = "application/json") {
    HttpOutcome outcome;
    outcome.response = HttpResponse{status, {{"content-type", std::move(type)}}, std::move(body), false};
    return outcome;
}

Answer rest(int status, const std::string& body) {
    return answer_of(answer(status, body), Operation{}, models.at("rest"));
}

Answer soap(const std::string& code) {
    const std::string body =
        "<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope'><e:Body><R><statusMessage>"
        "<statusCode>" +
        code + "</statusCode></statusMessage></R></e:Body></e:Envelope>";
    return answer_of(answer(200, body), Operation{}, models.at("soap"));
}

bool is_neither(const Answer& answer) {
    return !answer.served() && !answer.refused();
}

const std::string not_permitted = R"({"errors":[{"code":"EV1022","type":"security","message":"no"}]})";

TEST(ReadAnswer, TellsServiceFromRefusalByTheModel) {
    EXPECT_TRUE(rest(200, R"({"name":"x"})").served());
    EXPECT_TRUE(rest(204, "").served());
    EXPECT_TRUE(rest(200, "<html>not what was expected</html>").served());  // it got so far
    EXPECT_TRUE(rest(403, not_permitted).refused());
    EXPECT_EQ(rest(403, not_permitted).summary, "HTTP 403 EV1022");
    EXPECT_TRUE(rest(200, not_permitted).refused()) << "an error in a 200 is no service";
    EXPECT_TRUE(rest(403, "").refused()) << "by HTTP's own meaning";
    EXPECT_TRUE(rest(403, R"({"errors":[{"code":"EV1199"}]})").refused());
    EXPECT_TRUE(rest(400, R"({"errors":[{"code":"EV1020"}]})").refused());
    EXPECT_TRUE(is_neither(rest(429, "")));
    EXPECT_TRUE(is_neither(rest(500, not_permitted)));
    ErrorModel documents_500 = models.at("rest");
    documents_500.not_permitted.status = {200, 500};
    EXPECT_TRUE(answer_of(answer(500, not_permitted), Operation{}, documents_500).refused());
    EXPECT_TRUE(is_neither(answer_of(answer(500, ""), Operation{}, documents_500)));
    EXPECT_TRUE(is_neither(rest(302, "")));
    EXPECT_TRUE(soap("0").served());
    EXPECT_TRUE(soap("4").refused());
    HttpOutcome dead;
    dead.end = Ending::connect_failed;
    EXPECT_TRUE(is_neither(answer_of(dead, Operation{}, models.at("rest"))));
    for (const Ending failure : {Ending::reset, Ending::closed}) {
        HttpOutcome cut;
        cut.end = failure;
        EXPECT_TRUE(is_neither(answer_of(cut, Operation{}, models.at("rest"))))
            << "no refusal is documented so, and a device in between does it too";
        cut.alert = Alert{2, 49};
        EXPECT_FALSE(answer_of(cut, Operation{}, models.at("rest")).refused()) << "without a code of the model";
    }
}

TEST(ReadAnswer, WhatSaysNothingOfTheRightToAskIsNoRefusal) {
    const auto coded = [](int status, const std::string& code) {
        return rest(status, fmt::format(R"({{"errors":[{{"code":"{}"}}]}})", code));
    };
    EXPECT_TRUE(is_neither(coded(416, "INC416"))) << "no data in that range";
    EXPECT_TRUE(is_neither(coded(400, "CST404"))) << "no such customer";
    EXPECT_TRUE(is_neither(coded(400, "EV1100"))) << "input that is not valid";
    EXPECT_TRUE(is_neither(coded(200, "EV1100")));
    EXPECT_TRUE(is_neither(rest(400, "")));
    EXPECT_TRUE(is_neither(rest(404, "")));
    EXPECT_TRUE(soap("5").refused()) << "who calls is not as onboarded";
    EXPECT_FALSE(matches(soap("5"), models.at("soap").not_permitted));
    for (const char* const status : {"-1", "3", "20", "21", "23"}) {
        EXPECT_TRUE(is_neither(soap(status))) << status;
    }
    const std::string fault =
        "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body><s:Fault><s:Reason>"
        "<s:Text>UnAuthorised</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>";
    for (const int status : {429, 500}) {
        EXPECT_TRUE(is_neither(answer_of(answer(status, fault), Operation{}, models.at("soap")))) << status;
    }
}

TEST(ReadAnswer, EachServiceHasItsOwnErrors) {
    const auto reads = [](const char* model, int status, const std::string& code) {
        return answer_of(answer(status, fmt::format(R"({{"errors":[{{"code":"{}"}}]}})", code)), Operation{},
                         models.at(model));
    };
    for (const char* const model : {"document", "notifications", "income"}) {
        EXPECT_TRUE(matches(reads(model, 400, "EV1022"), models.at(model).not_permitted)) << model;
        EXPECT_FALSE(matches(reads(model, 403, "EV1022"), models.at(model).not_permitted)) << model;
    }
    EXPECT_TRUE(matches(reads("bill", 401, "EV1022"), models.at("bill").not_permitted));
    EXPECT_TRUE(matches(reads("tds", 401, "TDS200"), models.at("tds").not_permitted));
    EXPECT_TRUE(matches(reads("pir", 401, "EV1043"), models.at("pir").invalid_token.value()));
    EXPECT_TRUE(matches(reads("customer", 400, "CST404"), models.at("customer").unknown.value()));
}

TEST(ExistenceOracle, IsNoFlawWhereTheContractTellsThemApart) {
    const ErrorModel& customer = models.at("customer");
    const auto reads = [&customer](int status, const std::string& code) {
        return answer_of(answer(status, fmt::format(R"({{"errors":[{{"code":"{}"}}]}})", code)), Operation{}, customer);
    };
    const std::optional<Verdict> published = judge_contract(reads(403, "EV1022"), reads(400, "CST404"), customer);
    ASSERT_TRUE(published);
    EXPECT_EQ(published->outcome(), Outcome::pass);
    EXPECT_THAT(published->sentence(), HasSubstr("HTTP 400 CST404"));
    EXPECT_FALSE(judge_contract(reads(403, "EV1022"), reads(404, "CST404"), customer)) << "not as documented";
    EXPECT_FALSE(judge_contract(reads(403, "EV1022"), reads(403, "EV1022"), customer)) << "alike, so times count";
    EXPECT_FALSE(judge_contract(reads(403, "EV1022"), reads(400, "CST404"), models.at("income")));
}

TEST(ReadAnswer, AShapeIsStatusAndCode) {
    const ErrorModel::Reason& reason = models.at("rest").not_permitted;
    EXPECT_TRUE(matches(rest(403, not_permitted), reason));
    EXPECT_FALSE(matches(rest(401, not_permitted), reason));
    EXPECT_FALSE(matches(rest(403, R"({"errors":[{"code":"EV1020"}]})"), reason));
    EXPECT_TRUE(matches(soap("4"), models.at("soap").not_permitted));
    EXPECT_EQ(describe(models.at("rest").no_token.value()), "HTTP 400 or 401 with EV1021");
}

TEST(ReadAnswer, FollowsAModelOfTheProfilesOwn) {
    ErrorModel mine;
    mine.pointer = "/error/reason";
    mine.success = {"FINE"};
    mine.not_permitted = {{403, 409}, {"DENIED", "NO"}};
    const auto read = [&mine](int status, const std::string& body) {
        return answer_of(answer(status, body), Operation{}, mine);
    };
    EXPECT_TRUE(read(200, R"({"error":{"reason":"FINE"}})").served());
    EXPECT_TRUE(read(200, R"({"error":{"reason":"DENIED"}})").refused());
    EXPECT_TRUE(read(200, not_permitted).served()) << "the documented place is not this service's";
    EXPECT_TRUE(matches(read(409, R"({"error":{"reason":"NO"}})"), mine.not_permitted));
    EXPECT_FALSE(matches(read(200, R"({"error":{"reason":"NO"}})"), mine.not_permitted));
    EXPECT_FALSE(matches(read(403, R"({"error":{"reason":"OTHER"}})"), mine.not_permitted));
    mine.pointer.clear();
    mine.xpath = "//*[local-name()='code']";
    EXPECT_TRUE(read(200, "<x:a xmlns:x='u'><x:code>FINE</x:code></x:a>").served());
    EXPECT_EQ(read(403, "<x:a xmlns:x='u'><x:code>NO</x:code></x:a>").summary, "HTTP 403 NO");
    EXPECT_TRUE(matches(read(403, "<a><code>NO</code></a>"), mine.not_permitted));
    EXPECT_TRUE(read(403, "no XML").refused());
    EXPECT_FALSE(matches(read(403, "no XML"), mine.not_permitted));
}

TEST(Judgements, ARefusalCountsOnlyBesideAService) {
    const Answer good = rest(200, "{}");
    const Answer bad = rest(403, not_permitted);
    const Answer unclear = rest(500, "");
    for (const auto& judge : {judge_bad_credential, judge_refused_case}) {
        EXPECT_EQ(judge(good, Tries::once(bad), "x", "y").outcome(), Outcome::pass);
        EXPECT_EQ(judge(good, Tries::once(good), "x", "y").outcome(), Outcome::fail);
        EXPECT_EQ(judge(good, Tries::once(unclear), "x", "y").outcome(), Outcome::inconclusive);
        EXPECT_EQ(judge(bad, Tries::once(bad), "x", "y").outcome(), Outcome::inconclusive);
        EXPECT_EQ(judge(unclear, Tries::once(bad), "x", "y").outcome(), Outcome::inconclusive);
        Tries thrice(Tries::Ask::counted);
        thrice.add(bad);
        thrice.add(bad);
        thrice.add(bad);
        EXPECT_THAT(judge(good, thrice, "x", "y").sentence(), HasSubstr("0 of 3 tries were served"));
        thrice.add(good);
        EXPECT_EQ(judge(good, thrice, "x", "y").outcome(), Outcome::fail) << "one lax node of several";
    }
    EXPECT_EQ(judge_bad_tokens(good, {{"a", bad}, {"b", bad}}, good, "").outcome(), Outcome::pass);
    EXPECT_EQ(judge_bad_tokens(good, {{"a", unclear}, {"b", good}}, good, "").outcome(), Outcome::fail);
    EXPECT_EQ(judge_bad_tokens(good, {{"a", bad}, {"b", unclear}}, good, "").outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_bad_tokens(bad, {{"a", bad}}, good, "").outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_bad_tokens(good, {{"a", bad}}, bad, "").outcome(), Outcome::inconclusive) << "locked out";
    EXPECT_EQ(judge_bad_tokens(good, {{"a", good}}, bad, "").outcome(), Outcome::fail);
}

TEST(ReadAnswer, WhoeverEndsTheHandshakeHasNotRefusedAsDocumented) {
    HttpOutcome ended;
    ended.end = Ending::alert;
    ended.alert = Alert{2, 80};
    const Answer read = answer_of(ended, Operation{}, models.at("rest"));
    EXPECT_FALSE(read.refused()) << "perhaps it serves nobody";
    EXPECT_EQ(judge_bad_credential(rest(200, "{}"), Tries::once(read), "x", "y").outcome(), Outcome::inconclusive);
}

TEST(Judgements, AServiceThatWasSeenStandsWhateverTheClockSays) {
    const Answer good = rest(200, "{}");
    const Verdict served = judge_bad_credential(good, Tries::once(good), "x", "y");
    EXPECT_TRUE(served.stands());
    const Verdict unclear = judge_bad_credential(good, Tries::once(rest(500, "")), "x", "y");
    EXPECT_FALSE(unclear.stands());
}

TEST(Judgements, ABatchIsJudgedItemByItem) {
    PermissionCase one;
    one.allowed = AnswerValue{"/0/status", "", {"200"}};
    one.refused = AnswerValue{"/1/code", "", {"EV1022"}};
    const Answer served = rest(200, "{}");
    EXPECT_EQ(judge_batch(one, {served, "200", "EV1022", {}}).outcome(), Outcome::pass);
    EXPECT_EQ(judge_batch(one, {served, "200", "EV1022", {"/email"}}).outcome(), Outcome::fail);
    EXPECT_EQ(judge_batch(one, {served, "200", "", {}}).outcome(), Outcome::fail);
    EXPECT_EQ(judge_batch(one, {served, "", "EV1022", {}}).outcome(), Outcome::fail);
    EXPECT_EQ(judge_batch(one, {rest(403, not_permitted), "", "", {}}).outcome(), Outcome::warning);
    EXPECT_EQ(judge_batch(one, {rest(500, ""), "", "", {}}).outcome(), Outcome::inconclusive);
}

TEST(Leaks, AreFoundHoweverTheyAreWritten) {
    const std::vector<RecordField> fields{{"/name", "Kōwhai & \"Sons\""}, {"/email", "ann@dsp.example"}};
    EXPECT_THAT(leaked_in("access not permitted", fields), IsEmpty());
    EXPECT_THAT(leaked_in("not for ANN@dsp.example", fields), ElementsAre("/email"));
    EXPECT_THAT(leaked_in("ann%40dsp.example", fields), ElementsAre("/email"));
    EXPECT_THAT(leaked_in("YW5uQGRzcC5leGFtcGxl", fields), ElementsAre("/email"));
    EXPECT_THAT(leaked_in("<m>Kōwhai &amp; &quot;Sons&quot;</m>", fields), ElementsAre("/name"));
    EXPECT_THAT(leaked_in(R"({"m":"K\u014dwhai & \"Sons\""})", fields), ElementsAre("/name"));
    HttpOutcome outcome = answer(403, "");
    outcome.response->headers.emplace_back("x-debug", "ann@dsp.example");
    EXPECT_THAT(leaked_in(outcome, fields), ElementsAre("/email"));
}

TEST(Oracle, ComparesWhatDoesNotVaryByItself) {
    const Placeholders one{{"ird", "123456789"}};
    const Placeholders other{{"ird", "111111111"}};
    const auto response = [](int status, std::string body) {
        return HttpResponse{status, {{"content-type", "application/json"}, {"date", "x"}}, std::move(body), false};
    };
    EXPECT_THAT(differences(response(403, "no 123456789 at 10:15 id 7f3a9b2c-11aa-22bb"), one,
                            response(403, "no 111111111 at 10:16 id 8e4d1a5f-99cc-00dd"), other),
                IsEmpty());
    EXPECT_THAT(differences(response(403, ""), one, response(404, ""), other),
                Contains(HasSubstr("HTTP 404 for the unknown")));
    EXPECT_THAT(differences(response(403, "not yours"), one, response(403, "not there"), other),
                ElementsAre(HasSubstr("bodies differ")));
    HttpResponse more = response(403, "");
    more.headers.emplace_back("x-customer", "1");
    EXPECT_THAT(differences(response(403, ""), one, more, other), Contains(HasSubstr("x-customer")));
    more.headers = {{"content-type", "text/html"}, {"date", "y"}};
    EXPECT_THAT(differences(response(403, ""), one, more, other), Contains(HasSubstr("content types")));
}

/// Times around `middle` that scatter in a fixed pattern.
std::vector<double> times(double middle, double scatter, std::size_t count = pairs_per_series) {
    std::vector<double> out;
    for (std::size_t at = 0; at < count; ++at) {
        out.push_back(middle + scatter * (static_cast<double>((at * 7) % count) / static_cast<double>(count) - 0.5));
    }
    return out;
}

TEST(Oracle, TimesTellOnlyWhenTwoSeriesAgree) {
    const Series alike{times(3, 1), times(3.01, 1)};
    const Series apart{times(28, 2), times(3, 2)};
    const Series other_way{times(3, 2), times(28, 2)};
    const Series tiny{times(3.5, 0.1), times(3.0, 0.1)};
    EXPECT_FALSE(is_suspicious(alike));
    EXPECT_TRUE(is_suspicious(apart));
    EXPECT_FALSE(is_suspicious(tiny)) << "half a millisecond proves nothing over a network";
    EXPECT_EQ(judge_times(alike, std::nullopt).outcome(), Outcome::pass);
    EXPECT_EQ(judge_times(apart, apart).outcome(), Outcome::warning);
    EXPECT_THAT(judge_times(apart, apart).sentence(), HasSubstr("25.0 ms later"));
    EXPECT_EQ(judge_times(apart, alike).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_times(apart, other_way).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_times(apart, std::nullopt).outcome(), Outcome::inconclusive);
    const Series noisy{times(600, 1200), times(600, 1200)};
    EXPECT_EQ(judge_times(noisy, std::nullopt).outcome(), Outcome::inconclusive);
}

TEST(Cases, AreChosenFromTheProfile) {
    Profile profile;
    profile.operations["customer"].path = "/customer/{ird}";
    const auto add = [&profile](const char* name, PermissionCase::Kind kind, const char* subject, const char* error) {
        PermissionCase one;
        one.name = name;
        one.kind = kind;
        one.subject = subject;
        one.operation = "customer";
        one.error = error;
        one.with = {{"ird", "123456789"}};
        profile.permissions.cases.push_back(one);
    };
    using Kind = PermissionCase::Kind;
    add("machine", Kind::own, "m2m", "rest");
    add("own", Kind::own, "user", "rest");
    add("own-again", Kind::own, "user", "rest");
    add("own-soap", Kind::own, "user", "soap");
    add("other", Kind::customer, "user", "rest");
    add("write", Kind::write, "user", "rest");
    add("batch", Kind::batch, "user", "rest");
    const CaseList tokens = token_cases(profile);
    ASSERT_EQ(tokens.size(), 2U);
    EXPECT_EQ(tokens[0]->name, "own");
    EXPECT_EQ(tokens[1]->name, "own-soap");
    EXPECT_EQ(refused_cases(profile).size(), 2U);
    EXPECT_EQ(cases_of(profile, Kind::own).size(), 4U);
    EXPECT_THAT(described(tokens, profile).front().title, HasSubstr("/customer/{ird}"));
    EXPECT_THAT(described(tokens, profile).front().title, Not(HasSubstr("123456789")));
    EXPECT_THAT(described(tokens, profile).front().unmet, HasSubstr("give oauth.tokens.user"));
    EXPECT_EQ(described(cases_of(profile, Kind::own), profile).front().unmet, "") << "a machine needs no user's token";
    profile.authority.emplace().tokens["user"] = "t";
    EXPECT_EQ(described(tokens, profile).front().unmet, "");
}

}  // namespace
}  // namespace gateproof::suites
