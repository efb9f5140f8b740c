// What single services refuse by their contract, by answers alone: SOAP messages that no schema has, what is no SOAP,
// and what is no IRD number.
#include "suites/gateway/permission/schema.hpp"

#include <gmock/gmock.h>

#include "harness/profile/causes.hpp"
#include "suites/gateway/permission/numbers.hpp"
#include "suites/gateway/permission/suite.hpp"
#include "tests/unit/suites/shared/answers.hpp"

namespace gateproof::suites {
namespace {

using testing::HasSubstr;

const ErrorModel& soap_model_of_schema() {
    return documented_errors().at("soap");
}

std::string soap_body(const std::string& code) {
    return "<E><statusMessage><statusCode>" + code + "</statusCode></statusMessage></E>";
}

Answer by_model(int status, const std::string& body, const ErrorModel& model) {
    return answer_of(answered(status, body), Operation{}, model);
}

Tries three(const Answer& answer) {
    Tries tries(Tries::Ask::counted);
    for (int i = 0; i < 3; ++i) {
        tries.add(answer);
    }
    return tries;
}

constexpr std::string_view soap_envelope =
    R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>)"
    R"(<a:Action xmlns:a="http://www.w3.org/2005/08/addressing">urn:r/Return/File</a:Action></s:Header><s:Body>)"
    R"(<r:File xmlns:r="urn:r" xmlns:c="urn:www.ird.govt.nz/GWS:types/Common.v2"><c:File/></r:File></s:Body></s:Envelope>)";

TEST(SchemaMessages, TheCommonTypesAreOfAVersionThatThereIsNoneOf) {
    const std::string changed = in_other_namespace(soap_envelope).value_or("");
    EXPECT_THAT(changed, HasSubstr(R"(xmlns:c="urn:www.ird.govt.nz/GWS:types/Common.v299")"));
    EXPECT_EQ(changed.size(), soap_envelope.size() + 2);
    EXPECT_FALSE(in_other_namespace("<a xmlns='urn:www.ird.govt.nz/GWS:types/ReturnCommon.v1'/>"));
    EXPECT_FALSE(in_other_namespace(""));
}

TEST(SchemaMessages, TheTwoNamesOfSoftwareChangePlaces) {
    EXPECT_EQ(in_other_order("<c:softwareProviderData><c:softwareProvider>A</c:softwareProvider> "
                             "<c:softwarePlatform>{b}</c:softwarePlatform></c:softwareProviderData>")
                  .value_or(""),
              "<c:softwareProviderData><c:softwarePlatform>{b}</c:softwarePlatform> "
              "<c:softwareProvider>A</c:softwareProvider></c:softwareProviderData>");
    EXPECT_EQ(in_other_order("<softwareProvider/><softwareProvider>A</softwareProvider>"
                             "<softwarePlatform>B</softwarePlatform>")
                  .value_or(""),
              "<softwareProvider/><softwarePlatform>B</softwarePlatform><softwareProvider>A</softwareProvider>");
    EXPECT_FALSE(in_other_order("<softwarePlatform>B</softwarePlatform><softwareProvider>A</softwareProvider>"));
    EXPECT_FALSE(in_other_order("<softwareProvider>A</softwareProvider><mysoftwarePlatform>B</mysoftwarePlatform>"));
    EXPECT_FALSE(in_other_order("<softwareProvider>A"));
    EXPECT_FALSE(in_other_order("softwareProvider>softwarePlatform>"));
    EXPECT_FALSE(in_other_order(""));
}

TEST(SchemaMessages, AnOperationIsRenamedInActionAndElementAlone) {
    EXPECT_EQ(
        of_unknown_operation(soap_envelope).value_or(""),
        R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>)"
        R"(<a:Action xmlns:a="http://www.w3.org/2005/08/addressing">urn:r/Return/GateproofUnknown</a:Action></s:Header>)"
        R"(<s:Body><r:GateproofUnknown xmlns:r="urn:r" xmlns:c="urn:www.ird.govt.nz/GWS:types/Common.v2"><c:File/>)"
        R"(</r:GateproofUnknown></s:Body></s:Envelope>)");
    const auto without = [](std::string_view what, std::string_view by) {
        std::string text(soap_envelope);
        return text.replace(text.find(what), what.size(), by);
    };
    EXPECT_FALSE(of_unknown_operation(without("urn:r/Return/File", "urn:r/Return/Prepop"))) << "another operation";
    EXPECT_FALSE(of_unknown_operation(without("urn:r/Return/File", "File"))) << "no path";
    EXPECT_FALSE(of_unknown_operation(without("</r:File>", "")));
    EXPECT_FALSE(of_unknown_operation(""));
    EXPECT_FALSE(of_unknown_operation("{}"));
}

Verdict of_namespace(const Answer& good, const Answer& other) {
    const ErrorModel& model = soap_model_of_schema();
    return judge_refused_for(
        good, three(other), other,
        {.what = "it", .reason = *model.invalid_message, .remedy = "refuse it", .remedy_of_another = "refuse it so"});
}

TEST(SchemaJudgement, AMessageIsRefusedForWhatIsWrongWithIt) {
    const ErrorModel expected = expecting(soap_model_of_schema(), *soap_model_of_schema().invalid_message);
    const auto code = [&](const std::string& text) { return by_model(200, soap_body(text), expected); };
    EXPECT_EQ(of_namespace(code("0"), code("21")).outcome(), Outcome::pass);
    EXPECT_EQ(of_namespace(code("0"), by_model(500, soap_body("21"), expected)).outcome(), Outcome::pass)
        << "the HTTP status is not published";
    EXPECT_EQ(of_namespace(code("0"), code("0")).outcome(), Outcome::fail);
    EXPECT_EQ(of_namespace(code("0"), code("4")).outcome(), Outcome::warning) << "refused, for another reason";
    EXPECT_EQ(of_namespace(code("0"), code("100")).outcome(), Outcome::inconclusive);
    EXPECT_EQ(of_namespace(code("0"), by_model(503, "", expected)).outcome(), Outcome::inconclusive);
    EXPECT_EQ(of_namespace(code("4"), code("21")).outcome(), Outcome::inconclusive);
}

TEST(SchemaJudgement, WhatIsExpectedIsNoRefusalElsewhere) {
    EXPECT_FALSE(by_model(200, soap_body("21"), soap_model_of_schema()).refused());
    const ErrorModel& customer = documented_errors().at("customer");
    const std::string wrong_number = R"({"errors":[{"code":"EV2234"}]})";
    EXPECT_FALSE(by_model(400, wrong_number, customer).refused()) << "it is no word about the right to ask";
    EXPECT_TRUE(by_model(400, wrong_number, expecting(customer, *customer.invalid_number)).refused());
    EXPECT_TRUE(by_model(401, R"({"errors":[{"code":"TDS204"}]})", documented_errors().at("tds")).refused());
}

Outcome unreadable(HttpOutcome outcome, const Answer& good) {
    const Answer reading = answer_of(outcome, Operation{}, soap_model_of_schema());
    return judge_unreadable(good, {{"it", std::move(outcome), reading}}, soap_model_of_schema()).outcome();
}
Outcome unreadable(int status, const std::string& body) {
    return unreadable(answered(status, body), by_model(200, soap_body("0"), soap_model_of_schema()));
}

TEST(SchemaJudgement, WhatIsNoSoapIsRefusedInNoXml) {
    EXPECT_EQ(unreadable(400, "no SOAP"), Outcome::pass);
    EXPECT_EQ(unreadable(500, ""), Outcome::pass);
    EXPECT_EQ(unreadable(415, R"({"errors":[]})"), Outcome::pass);
    EXPECT_EQ(unreadable(400, "<html><body>Bad request</body></html>"), Outcome::pass) << "a page is no XML of theirs";
    EXPECT_EQ(unreadable(200, soap_body("0")), Outcome::fail);
    EXPECT_EQ(unreadable(200, soap_body("20")), Outcome::warning);
    EXPECT_EQ(unreadable(500, "<s:Envelope xmlns:s='u'><s:Fault/></s:Envelope>"), Outcome::warning);
    for (const int status : {200, 302, 401, 429, 503}) {
        EXPECT_EQ(unreadable(status, "text"), Outcome::inconclusive) << status;
    }
    EXPECT_EQ(unreadable(429, soap_body("3")), Outcome::inconclusive) << "too many calls, whatever it is written in";
    EXPECT_EQ(unreadable(failed(Ending::timeout), by_model(200, soap_body("0"), soap_model_of_schema())),
              Outcome::inconclusive);
    EXPECT_EQ(unreadable(answered(400), by_model(200, soap_body("4"), soap_model_of_schema())), Outcome::inconclusive)
        << "a refusal counts only beside a service";
}

TEST(NumberJudgement, NobodysNumbersAreNobodys) {
    for (const NobodysNumber& number : nobodys_numbers) {
        const IrdNumberForm form = examine_ird_number(number.digits);
        EXPECT_TRUE(form.number && form.padded) << number.digits;
        EXPECT_EQ(form.in_range, number.wrong_digit) << number.digits << " is wrong for one reason alone";
        EXPECT_EQ(form.check_digit, !number.wrong_digit) << number.digits;
    }
    EXPECT_EQ(with_number({{"ird", "049091850"}, {"account", "049091850INC002"}, {"type", "IRD"}}, "1"),
              (Placeholders{{"ird", "1"}, {"account", "049091850INC002"}, {"type", "IRD"}}));
}

TEST(NumberJudgement, AFormIsSomebodysNumberWrittenOtherwise) {
    EXPECT_EQ(in_form("049091850", NumberForm::dashed), "049-091-850");
    EXPECT_EQ(in_form("049091850", NumberForm::unpadded), "49091850");
    EXPECT_EQ(in_form("132243158", NumberForm::unpadded), std::nullopt) << "no other number is padded";
    for (const char* const other : {"49091850", "049-091-850", "049091850INC002", "", "IRD"}) {
        EXPECT_EQ(in_form(other, NumberForm::dashed), std::nullopt) << other;
        EXPECT_EQ(in_form(other, NumberForm::unpadded), std::nullopt) << other;
    }
    EXPECT_EQ(with_form({{"ird", "049091850"}, {"other", "132243158"}, {"type", "IRD"}}, NumberForm::unpadded),
              (Placeholders{{"ird", "49091850"}, {"other", "132243158"}, {"type", "IRD"}}));
}

TEST(NumberJudgement, AnotherFormIsRefusedOrALeniency) {
    const ErrorModel& customer = documented_errors().at("customer");
    const ErrorModel& soap = documented_errors().at("soap");
    const auto rest_code = [&](int status, const std::string& text) {
        return by_model(status, R"({"errors":[{"code":")" + text + R"("}]})",
                        expecting(expecting(customer, *customer.invalid_number), *customer.invalid_message));
    };
    const auto soap_code = [&](const std::string& text) {
        return by_model(200, soap_body(text), expecting(soap, reason_of_form(soap)));
    };
    const auto judged = [](const Answer& good, const Answer& answer, NumberForm form, const ErrorModel& model) {
        return judge_number_form(good, three(answer), answer, form, model).outcome();
    };
    const Answer served = by_model(200, R"({"Customer":{}})", customer);
    for (const NumberForm form : {NumberForm::dashed, NumberForm::unpadded}) {
        const bool dashed = form == NumberForm::dashed;
        EXPECT_EQ(judged(served, rest_code(400, "EV1100"), form, customer), Outcome::pass);
        EXPECT_EQ(judged(served, rest_code(400, "EV2234"), form, customer), Outcome::pass);
        EXPECT_EQ(judged(served, rest_code(403, "EV1022"), form, customer), Outcome::warning) << "as one not permitted";
        EXPECT_EQ(judged(served, served, form, customer), dashed ? Outcome::fail : Outcome::warning);
        EXPECT_EQ(judged(served, rest_code(503, ""), form, customer), Outcome::inconclusive);
        EXPECT_EQ(judged(rest_code(400, "EV1020"), rest_code(400, "EV1100"), form, customer), Outcome::inconclusive);
        EXPECT_EQ(judged(rest_code(400, "EV1020"), served, form, customer), Outcome::inconclusive);
        for (const char* const code : {"4", "21", "22"}) {
            EXPECT_EQ(judged(soap_code("0"), soap_code(code), form, soap), Outcome::pass) << code;
        }
        EXPECT_EQ(judged(soap_code("0"), soap_code("0"), form, soap), Outcome::warning)
            << "no code is published for it";
        EXPECT_EQ(judged(soap_code("0"), soap_code("103"), form, soap), Outcome::inconclusive);
    }
}

TEST(NumberJudgement, AWrongCheckDigitIsRefusedAsSuch) {
    const ErrorModel& model = documented_errors().at("irv");
    const ErrorModel expected = expecting(expecting(model, *model.invalid_number), *model.invalid_message);
    const auto code = [&](int status, const std::string& text) {
        return by_model(status, R"({"errors":[{"code":")" + text + R"("}]})", expected);
    };
    const Answer good = by_model(200, R"({"Match":"No match"})", expected);
    const auto judged = [&](const NobodysNumber& number, const Answer& answer) {
        return judge_invalid_number(good, three(answer), answer, number, model).outcome();
    };
    const NobodysNumber& digit = nobodys_numbers[0];
    const NobodysNumber& range = nobodys_numbers[1];
    EXPECT_EQ(judged(digit, code(400, "IR001")), Outcome::pass);
    EXPECT_EQ(judged(digit, code(400, "EV1100")), Outcome::warning);
    EXPECT_EQ(judged(digit, good), Outcome::fail);
    EXPECT_EQ(judged(digit, code(429, "IR003")), Outcome::inconclusive) << "asked for too often";
    EXPECT_EQ(judged(range, code(400, "IR001")), Outcome::pass);
    EXPECT_EQ(judged(range, code(400, "EV1100")), Outcome::pass) << "no text says with which code";
    EXPECT_EQ(judged(range, good), Outcome::fail);
}

}  // namespace
}  // namespace gateproof::suites
