// Judgements of whom client software believes.
#include <gmock/gmock.h>

#include <algorithm>

#include "harness/profile/profile.hpp"
#include "suites/client/trust/checks.hpp"
#include "tests/unit/suites/client/came.hpp"

namespace gateproof::suites {
namespace {

using stage::Visit;
using test::attempt;
using test::Came;
using testing::HasSubstr;
using testing::Optional;

TEST(Wildcards, AreNoneThatStandForTheFirstLabelOfTheHost) {
    const std::string host = "gateway.gateproof.test";
    EXPECT_THAT(wildcard_of("no-label", host), Optional(std::string("*.gateway.gateproof.test")));
    EXPECT_THAT(wildcard_of("two-labels", host), Optional(std::string("*.test")));
    EXPECT_THAT(wildcard_of("part-of-a-label", host), Optional(std::string("g*.gateproof.test")));
    EXPECT_THAT(wildcard_of("not-leftmost", host), Optional(std::string("gateway.*.test")));
}

TEST(Wildcards, NeedLabelsToStandFor) {
    EXPECT_THAT(wildcard_of("no-label", "localhost"), Optional(std::string("*.localhost")));
    for (const char* const name : {"two-labels", "part-of-a-label", "not-leftmost"}) {
        EXPECT_EQ(wildcard_of(name, "localhost"), std::nullopt) << name;
        EXPECT_EQ(wildcard_of(name, "127.0.0.1"), std::nullopt) << name;
    }
    EXPECT_EQ(wildcard_of("two-labels", "gateway.test"), std::nullopt) << "*.test is a good certificate for it";
    EXPECT_EQ(wildcard_of("part-of-a-label", "g.test"), std::nullopt) << "g* would stand for the whole label";
    EXPECT_EQ(wildcard_of("no-label", "::1"), std::nullopt);
}

TEST(Wildcards, OfACaseThatTheHostHasNoLabelsForAreSkipped) {
    Profile profile;
    profile.client.emplace();
    profile.client->host = "localhost";
    const std::vector<CheckCase> cases = wildcard_cases()(profile);
    ASSERT_EQ(cases.size(), 4U);
    EXPECT_EQ(cases.front().unmet, "");
    EXPECT_THAT(cases.back().unmet, HasSubstr("three labels"));
    profile.client->host = "gateway.gateproof.test";
    const std::vector<CheckCase> whole = wildcard_cases()(profile);
    EXPECT_TRUE(std::ranges::all_of(whole, [](const CheckCase& one) { return one.unmet.empty(); }));
}

Came asking(bool for_state) {
    Came came;
    Visit visit = came.hello();
    std::erase_if(visit.hello->hello.extensions, [](const Extension& one) {
        return one.type == static_cast<std::uint16_t>(ExtensionType::status_request);
    });
    if (for_state) {
        visit.hello->hello.extensions.push_back({static_cast<std::uint16_t>(ExtensionType::status_request), {1}});
    }
    return Came(visit);
}

TEST(Revocation, IsAWarningWhereItIsNotHeeded) {
    EXPECT_EQ(judge_revoked(attempt({asking(true).alert(44)})).outcome(), Outcome::pass);
    const Verdict ignored = judge_revoked(attempt({asking(true).finished().request(200)}));
    EXPECT_EQ(ignored.outcome(), Outcome::warning);
    EXPECT_THAT(ignored.sentence(), HasSubstr("has to heed it"));
    EXPECT_EQ(judge_revoked(attempt({asking(false).finished().request(200)})).outcome(), Outcome::skipped)
        << "nothing can show it a revocation";
    EXPECT_EQ(judge_revoked(attempt({})).outcome(), Outcome::inconclusive);
}

TEST(MustStaple, BindsWhoAsksForResponses) {
    EXPECT_EQ(judge_must_staple(attempt({asking(true).alert(113)})).outcome(), Outcome::pass);
    EXPECT_EQ(judge_must_staple(attempt({asking(true).finished().request(200)})).outcome(), Outcome::warning);
    EXPECT_EQ(judge_must_staple(attempt({asking(false).finished().request(200)})).outcome(), Outcome::skipped);
    EXPECT_EQ(judge_must_staple(attempt({})).outcome(), Outcome::inconclusive);
}

}  // namespace
}  // namespace gateproof::suites
