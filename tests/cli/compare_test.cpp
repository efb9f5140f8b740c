// gateproof compare: real runs of one gateway, then of a gateway that was broken in between.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/cli/served.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Compare : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    /// Judges the gateway and returns the journal's path.
    std::string judged(const ServedGateway& gateway, const std::string& name) {
        const std::string journal = path(name + ".jsonl");
        const Finished finished =
            gateproof({"run", gateway.cloud(), gateway.desktop(), "--suite", "tls", "--suite", "server", "--suite",
                       "port", "--journal", journal, "--out", path("out"), "-q"});
        EXPECT_THAT(finished.status, testing::AnyOf(0, 1)) << finished.err;
        return journal;
    }

    TemporaryFolder folder_;
};

TEST_F(Compare, TwoRunsOfOneGatewayAreAlike) {
    const ServedGateway gateway(path("gateway"));
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    const std::string first = judged(gateway, "first");
    const std::string second = judged(gateway, "second");
    const Finished finished = gateproof({"compare", first, second, "--strict"});
    EXPECT_EQ(finished.status, 0) << finished.out;
    EXPECT_THAT(finished.out, HasSubstr("\nnothing changed ("));
}

TEST_F(Compare, ABrokenGatewayIsARegressionUntilItIsAccepted) {
    const ServedGateway good(path("good"));
    const ServedGateway bad(path("bad"), {"accepts-tls-1.1"});
    ASSERT_TRUE(good.serving() && bad.serving()) << good.output() << bad.output();
    const std::string before = judged(good, "before");
    const std::string after = judged(bad, "after");

    const Finished text = gateproof({"compare", before, after});
    EXPECT_EQ(text.status, 1);
    EXPECT_THAT(text.out, HasSubstr("REGRESSION  embedded-cloud tls.refuses-1.1: "));
    EXPECT_THAT(text.out,
                HasSubstr("    was pass: TLS 1.1 was refused with alert protocol_version (70) in 3 of 3 tries; "
                          "0 of 3 tries were served (95 % confidence: below 63 %)\n    now fail: "));
    EXPECT_THAT(text.out, HasSubstr("DIFFERENT  embedded-cloud server certificate\n"));
    EXPECT_THAT(text.out, Not(HasSubstr("\x1b")));

    const Finished back = gateproof({"compare", after, before});
    EXPECT_EQ(back.status, 0);
    EXPECT_THAT(back.out, HasSubstr("FIXED  embedded-cloud tls.refuses-1.1"));

    const auto json = nlohmann::json::parse(gateproof({"compare", before, after, "--format", "json"}).out);
    EXPECT_GE(json.at("regressions").get<int>(), 1);
    EXPECT_EQ(json.at("checks").at(0).at("change"), "regression");

    const std::string known = folder_.write("known.json", R"({"known_failures": [
      {"check": "tls.refuses-1.1", "reason": "INC-1", "expires": "2199-12-31"},
      {"check": "tls.version-tolerance", "reason": "INC-2", "expires": "2199-12-31"}]})");
    const std::string out = path("compared.md");
    const Finished accepted =
        gateproof({"compare", before, after, "--known", known, "--format", "markdown", "--out", out});
    EXPECT_EQ(accepted.status, 0) << read_file(out);
    EXPECT_THAT(read_file(out), StartsWith("## Gateproof: "));
    EXPECT_THAT(read_file(out), HasSubstr("Accepted: INC-1"));

    const std::string over = folder_.write("over.json", R"({"known_failures": [
      {"check": "tls.refuses-1.1", "reason": "INC-1", "expires": "2020-01-01"}]})");
    const Finished expired = gateproof({"compare", after, after, "--known", over});
    EXPECT_EQ(expired.status, 1);
    EXPECT_THAT(expired.out, HasSubstr("ACCEPTANCE EXPIRED  embedded-cloud tls.refuses-1.1"));
    EXPECT_THAT(expired.out, HasSubstr("over.json:2: tls.refuses-1.1 (INC-1): accepted until 2020-01-01"));
}

TEST_F(Compare, WhatCannotBeReadIsUnusable) {
    const std::string journal = folder_.write("empty.jsonl", "");
    EXPECT_EQ(gateproof({"compare", journal, journal}).status, 2);
    const std::string known = folder_.write("known.json", R"({"known_failures": [{"check": "a"}]})");
    const Finished finished = gateproof({"compare", journal, journal, "--known", known});
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(finished.err, HasSubstr("known.json:1:21: /known_failures/0: the key \"reason\" is missing"));
}

}  // namespace
}  // namespace gateproof::test
