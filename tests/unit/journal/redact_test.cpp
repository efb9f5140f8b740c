#include "harness/journal/redact.hpp"

#include <gmock/gmock.h>

namespace gateproof {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string redacted(const Redactor& redactor, std::string text) {
    redactor.apply(text);
    return text;
}

TEST(Redactor, ReplacesEverySpellingOfASecret) {
    const Redactor redactor({"p4ss word/+"});
    EXPECT_EQ(redacted(redactor, "x p4ss word/+ y p4ss word/+"), "x [redacted] y [redacted]");
    EXPECT_EQ(redacted(redactor, "cDRzcyB3b3JkLys="), "[redacted]");             // base64
    EXPECT_EQ(redacted(redactor, "?q=p4ss%20word%2F%2B&r"), "?q=[redacted]&r");  // percent-encoding
    EXPECT_EQ(redacted(redactor, "7034737320776f72642f2b"), "[redacted]");       // hex
    EXPECT_EQ(redacted(redactor, "7034737320776F72642F2B"), "[redacted]");
}

TEST(Redactor, TakesTheLongestSecretFirst) {
    const Redactor redactor({"token", "token-of-alice"});
    EXPECT_EQ(redacted(redactor, "token-of-alice, token"), "[redacted], [redacted]");
}

TEST(Redactor, IgnoresValuesTooShortToBeSecrets) {
    const Redactor redactor({"", "OK"});
    EXPECT_EQ(redacted(redactor, "OK then"), "OK then");
}

TEST(Redactor, CoversEveryTextOfAResult) {
    const Redactor redactor({"hunter2hunter2"});
    CheckResult result;
    result.sentence = "served hunter2hunter2";
    result.remedy = "change hunter2hunter2";
    result.evidence.push_back(Observation{"note", {}, {}});
    result.evidence.back().with("body", "a hunter2hunter2 b").with("count", 3);
    redactor.apply(result);
    EXPECT_EQ(result.sentence, "served [redacted]");
    EXPECT_THAT(result.remedy, Not(HasSubstr("hunter2")));
    EXPECT_EQ(std::get<std::string>(result.evidence[0].fields[0].second), "a [redacted] b");
    EXPECT_EQ(std::get<std::int64_t>(result.evidence[0].fields[1].second), 3);
}

}  // namespace
}  // namespace gateproof
