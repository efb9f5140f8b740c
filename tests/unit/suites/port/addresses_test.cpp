#include "suites/gateway/port/addresses.hpp"

#include <gmock/gmock.h>

namespace gateproof::suites {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Kind = Answer::Kind;

AddressLook::Asked asked(std::string_view what, std::initializer_list<Kind> answers) {
    AddressLook::Asked made{what, Tries(Tries::Ask::counted)};
    for (const Kind kind : answers) {
        Answer answer{.kind = kind, .summary = kind == Kind::served ? "granted" : "not granted"};
        made.tries.add(answer);
    }
    return made;
}

AddressLook look(std::string address, std::vector<AddressLook::Asked> questions) {
    AddressLook made;
    made.address = std::move(address);
    made.served.tries.add({.kind = Kind::served, .summary = "HTTP 200", .status = 200});
    made.asked = std::move(questions);
    return made;
}

AddressLook unanswered(std::string address, Ending end) {
    AddressLook made;
    made.address = std::move(address);
    made.served.outcome.end = end;
    made.served.tries.add({.kind = Kind::silent, .summary = std::string(words_for(end))});
    return made;
}

constexpr std::initializer_list<Kind> never{Kind::refused, Kind::refused, Kind::refused};
constexpr std::initializer_list<Kind> always{Kind::served, Kind::served, Kind::served};

TEST(Addresses, AlikeIsAPass) {
    const std::vector looks{look("192.0.2.1", {asked("TLS 1.1", never)}), look("192.0.2.2", {asked("TLS 1.1", never)})};
    const Verdict verdict = judge_addresses(looks, 0);
    EXPECT_EQ(verdict.outcome(), Outcome::pass);
    EXPECT_THAT(verdict.sentence(), AllOf(HasSubstr("192.0.2.1, 192.0.2.2"), HasSubstr("3 tries")));
    EXPECT_THAT(verdict.sentence(), HasSubstr("; granted nowhere: TLS 1.1; 0 of 6 tries were served (95 % confidence"));
}

TEST(Addresses, TheLaxOneIsNamed) {
    const std::vector looks{look("192.0.2.1", {asked("TLS 1.1", never), asked("weak", never)}),
                            look("192.0.2.2", {asked("TLS 1.1", always), asked("weak", never)})};
    const Verdict verdict = judge_addresses(looks, 0);
    EXPECT_EQ(verdict.outcome(), Outcome::fail);
    EXPECT_THAT(verdict.sentence(), AllOf(HasSubstr("192.0.2.2: TLS 1.1 in 3 of 3 tries"), Not(HasSubstr("192.0.2.1")),
                                          Not(HasSubstr("weak"))));
}

TEST(Addresses, OneNodeOfAPoolIsADifferenceAtOneAddress) {
    const std::vector looks{look("192.0.2.1", {asked("TLS 1.1", {Kind::refused, Kind::served, Kind::refused})})};
    const Verdict verdict = judge_addresses(looks, 0);
    EXPECT_EQ(verdict.outcome(), Outcome::fail);
    EXPECT_THAT(verdict.sentence(), HasSubstr("192.0.2.1: TLS 1.1 in 1 of 3 tries"));
}

TEST(Addresses, WhatAllGrantIsAnotherChecksMatter) {
    const std::vector looks{look("192.0.2.1", {asked("TLS 1.1", always)}),
                            look("192.0.2.2", {asked("TLS 1.1", always)})};
    const Verdict verdict = judge_addresses(looks, 0);
    EXPECT_EQ(verdict.outcome(), Outcome::pass);
    EXPECT_THAT(verdict.sentence(), HasSubstr("another check's matter: TLS 1.1"));
}

TEST(Addresses, ACutIsNoDifference) {
    const std::vector looks{
        look("192.0.2.1", {asked("TLS 1.1", {Kind::served, Kind::cut, Kind::served, Kind::served})})};
    EXPECT_EQ(judge_addresses(looks, 0).outcome(), Outcome::pass);
    const std::vector refusing{look("192.0.2.1", {asked("TLS 1.1", {Kind::refused, Kind::cut, Kind::refused})})};
    EXPECT_EQ(judge_addresses(refusing, 0).outcome(), Outcome::pass);
    const std::vector undecided{look("192.0.2.1", {asked("TLS 1.1", {Kind::refused, Kind::cut, Kind::cut})})};
    EXPECT_EQ(judge_addresses(undecided, 0).outcome(), Outcome::inconclusive);
}

TEST(Addresses, CutsEveryTimeAreARefusalThatRestsOnThem) {
    const std::vector looks{look("192.0.2.1", {asked("TLS 1.1", {Kind::cut, Kind::cut, Kind::cut})}),
                            look("192.0.2.2", {asked("TLS 1.1", never)})};
    const Verdict verdict = judge_addresses(looks, 0);
    EXPECT_EQ(verdict.outcome(), Outcome::pass);
    EXPECT_TRUE(verdict.rests_on_resets());
    const std::vector lax{looks[0], look("192.0.2.2", {asked("TLS 1.1", always)})};
    EXPECT_THAT(judge_addresses(lax, 0).sentence(), HasSubstr("192.0.2.2"));
    EXPECT_EQ(judge_addresses(lax, 0).outcome(), Outcome::fail);
}

TEST(Addresses, SilenceInTheMiddleIsInconclusive) {
    const std::vector looks{look("192.0.2.1", {asked("TLS 1.1", {Kind::refused, Kind::silent})})};
    EXPECT_EQ(judge_addresses(looks, 0).outcome(), Outcome::inconclusive);
}

TEST(Addresses, OneThatDoesNotServeIsNamed) {
    std::vector looks{look("192.0.2.1", {}), look("192.0.2.2", {})};
    looks[1].served.tries = Tries::once({.kind = Kind::unclear, .summary = "HTTP 503", .status = 503});
    const Verdict verdict = judge_addresses(looks, 0);
    EXPECT_EQ(verdict.outcome(), Outcome::fail);
    EXPECT_THAT(verdict.sentence(), HasSubstr("192.0.2.2: the control operation is not served (HTTP 503)"));
    looks[0].served.tries = looks[1].served.tries;
    EXPECT_EQ(judge_addresses(looks, 0).outcome(), Outcome::inconclusive);
}

TEST(Addresses, WhereNothingAnswers) {
    std::vector looks{look("192.0.2.1", {}), unanswered("192.0.2.2", Ending::connect_timeout)};
    EXPECT_EQ(judge_addresses(looks, 0).outcome(), Outcome::warning);
    EXPECT_THAT(judge_addresses(looks, 0).sentence(), HasSubstr("192.0.2.2"));
    looks[1] = unanswered("2001:db8::1", Ending::unreachable);  // this machine may have no IPv6
    EXPECT_EQ(judge_addresses(looks, 0).outcome(), Outcome::pass);
    EXPECT_THAT(judge_addresses(looks, 0).sentence(), HasSubstr("not reached: 2001:db8::1"));
    looks[1] = unanswered("::1", Ending::refused);
    looks[1].on_this_machine = true;
    EXPECT_EQ(judge_addresses(looks, 0).outcome(), Outcome::pass);
    looks.erase(looks.begin());
    EXPECT_EQ(judge_addresses(looks, 0).outcome(), Outcome::inconclusive);
}

TEST(Addresses, WhatWasNotLookedAtIsSaid) {
    const std::vector looks{look("192.0.2.1", {})};
    EXPECT_THAT(judge_addresses(looks, 3).sentence(), HasSubstr("3 further addresses were not looked at"));
}

TEST(Addresses, OftenEnoughThatABadNodeOfThreeIsMet) {
    EXPECT_EQ(tries_at(1, 3), 12U);
    EXPECT_EQ(tries_at(2, 3), 6U);
    EXPECT_EQ(tries_at(8, 3), 2U);
    EXPECT_EQ(tries_at(1, 1), 2U) << "with one it could not differ from itself";
    EXPECT_EQ(tries_at(2, 1), 1U);
    EXPECT_EQ(tries_at(8, 1), 1U);
    EXPECT_EQ(tries_at(1, 9), 36U);
}

}  // namespace
}  // namespace gateproof::suites
