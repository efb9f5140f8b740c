#include "suites/shared/explanations.hpp"

#include <gmock/gmock.h>

#include <set>

#include "harness/profile/causes.hpp"

namespace gateproof::suites::explanations_test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

RefusedCall call(std::string code, Placeholders with = {}, std::string body = {}) {
    RefusedCall made;
    made.answer.kind = Answer::Kind::refused;
    made.answer.code = std::move(code);
    made.with = std::move(with);
    made.body = std::move(body);
    return made;
}

TEST(Causes, EachHasItsSourceAndSaysSomething) {
    std::set<std::string> codes;
    for (const Cause& cause : published_causes()) {
        codes.insert(cause.code);
        EXPECT_GT(cause.text.size(), 15U) << cause.code;
        EXPECT_THAT(cause.source, HasSubstr("2024-06-18")) << cause.code;
    }
    for (const char* const code : {"1", "2", "4", "5", "7", "20", "21", "22", "EV1020", "EV1021", "EV1022", "CST404",
                                   "TDS200", "TDS201", "TDS202", "TDS203", "TDS204", "TDS206", "IR003"}) {
        EXPECT_TRUE(codes.contains(code)) << code;
    }
}

TEST(Causes, TheProfilesOwnGoFirst) {
    EXPECT_THAT(causes_text("4", {}), HasSubstr("no delegation"));
    EXPECT_EQ(causes_text("4", {{"4", {"the moon is full"}}}), "4 is answered where the moon is full");
    EXPECT_EQ(causes_text("X1", {}), "");
    EXPECT_EQ(causes_text("X1", {{"X1", {"a", "b"}}}), "X1 is answered where a; or b");
}

TEST(Causes, IrdNumbersAreLookedAt) {
    const IrdNumberForm good = examine_ird_number("132243158");
    EXPECT_TRUE(good.number && good.padded && good.in_range && good.check_digit && !good.dashes);
    EXPECT_TRUE(examine_ird_number("139369673").check_digit) << "by the second weights or the first";
    EXPECT_TRUE(examine_ird_number("49091850").check_digit);
    EXPECT_FALSE(examine_ird_number("49091850").padded);
    EXPECT_TRUE(examine_ird_number("136410132").check_digit) << "by the second weights";
    EXPECT_TRUE(examine_ird_number("49-091-850").dashes);
    EXPECT_FALSE(examine_ird_number("123456789").check_digit);
    EXPECT_FALSE(examine_ird_number("102210221").check_digit) << "a published test number";
    EXPECT_FALSE(examine_ird_number("009125568").in_range);
    EXPECT_FALSE(examine_ird_number("132243158INC003").number);
    EXPECT_FALSE(examine_ird_number("").number);
}

TEST(Explanations, WhatTheRequestShowsIsRuledOut) {
    const std::string right = explained(
        call("4", {{"ird", "132243158"}}, R"(<identifier IdentifierValueType="ACCIRD">132243158</identifier>)"), {});
    EXPECT_THAT(right, HasSubstr("It is not this: {ird} is nine digits with the right check digit"));
    EXPECT_THAT(right, HasSubstr("type ACCIRD is a published one"));
    EXPECT_THAT(right, Not(HasSubstr("132243158"))) << "values are never said";
    EXPECT_THAT(right, Not(HasSubstr("Look first")));
    const std::string wrong = explained(
        call("EV1022", {{"ird", "49-091-851"}}, R"({"CustomerID": "49-091-851", "CustomerIDType": "TAX"})"), {});
    EXPECT_THAT(wrong, HasSubstr("Look first at this: {ird} has dashes and has eight digits"));
    EXPECT_THAT(wrong, HasSubstr("wrong check digit"));
    EXPECT_THAT(wrong, HasSubstr("type TAX is none that is published"));
}

TEST(Explanations, TheTokenAndTheSoftwareAreToldApart) {
    RefusedCall refused = call("4");
    refused.token = {true, false};
    const std::string other_user = explained(refused, {});
    EXPECT_THAT(other_user, HasSubstr("Look first at this: it is not of the user whom the profile names"));
    EXPECT_THAT(other_user, HasSubstr("It is not this: introspection calls the token active"));
    refused.token = {false, std::nullopt};
    EXPECT_THAT(explained(refused, {}), HasSubstr("Look first at this: introspection calls the token inactive"));
    EXPECT_THAT(explained(call("5", {}, "<softwareProvider>A</softwareProvider>"), {}),
                HasSubstr("the request has no softwarePlatform"));
    EXPECT_THAT(explained(call("4", {}, "<softwareProvider>A</softwareProvider>"), {}),
                Not(HasSubstr("softwarePlatform is")));
    EXPECT_THAT(explained(call("", {{"ird", "1"}}), {}), IsEmpty());
}

}  // namespace
}  // namespace gateproof::suites::explanations_test
