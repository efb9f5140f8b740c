#include "suites/shared/refusal.hpp"

#include <gtest/gtest.h>

#include "tests/unit/suites/shared/answers.hpp"

namespace gateproof::suites::refusal_test {
namespace {

using Result = Tries::Result;
using enum Answer::Kind;

/// These tries, each of which was needed; `decided`: nobody asks on after them.
Tries made(const std::vector<Answer::Kind>& ends, bool decided = true, Tries::Ask ask = Tries::Ask::until_told) {
    Tries tries(ask);
    for (const Answer::Kind end : ends) {
        EXPECT_FALSE(tries.decided()) << tries.summary();
        tries.add(Answer{.kind = end,
                         .summary = end == cut       ? "connection reset"
                                    : end == refused ? "alert"
                                    : end == served  ? "hello"
                                                     : "-"});
    }
    EXPECT_EQ(tries.decided(), decided) << tries.summary();
    return tries;
}

TEST(Tries, ARefusalInWordsIsEnough) {
    EXPECT_EQ(made({}, false).result(), Result::nothing);
    EXPECT_EQ(made({refused}).result(), Result::refused);
    EXPECT_EQ(made({served}).result(), Result::served);
    EXPECT_EQ(made({silent}).result(), Result::nothing);
    EXPECT_EQ(made({refused}).summary(), "alert");
}

TEST(Tries, ACutIsAskedAgainAtMostTwice) {
    EXPECT_EQ(made({cut}, false).result(), Result::undecided);
    EXPECT_EQ(made({cut, cut}, false).result(), Result::undecided);
    EXPECT_EQ(made({cut, cut, cut}).result(), Result::cut_every_time);
    EXPECT_EQ(made({cut, served}).result(), Result::served);
    EXPECT_EQ(made({cut, cut, served}).result(), Result::served);
    EXPECT_EQ(made({cut, silent}).result(), Result::nothing);
    EXPECT_EQ(made({cut, cut, cut}).summary(), "connection reset in 3 of 3 tries");
}

TEST(Tries, WhereResetsHappenCutsAloneAreAskedAboutLonger) {
    Tries tries;
    for (std::size_t i = 0; i < Tries::most_beside_cuts; ++i) {
        EXPECT_FALSE(tries.decided(Tries::most, true)) << tries.summary();
        tries.add(Answer{.kind = cut, .summary = "connection reset"});
    }
    EXPECT_TRUE(tries.decided(Tries::most, true));
    EXPECT_EQ(tries.result(), Result::cut_every_time);
}

TEST(Tries, WhatIsToBeServedIsAskedForFiveTimes) {
    EXPECT_EQ(made({cut, cut, cut, cut, cut}, true, Tries::Ask::for_service).result(), Result::cut_every_time);
    EXPECT_EQ(made({cut, cut, cut, cut, served}, true, Tries::Ask::for_service).result(), Result::served);
}

TEST(Tries, AnAnswerThatBreaksOffIsAskedForAgainAndIsNoRefusal) {
    EXPECT_EQ(made({broken_off}, false).result(), Result::unclear);
    EXPECT_EQ(made({broken_off, served}).result(), Result::served);
    EXPECT_EQ(made({broken_off, refused, refused}).result(), Result::refused);
    const Tries never(made(std::vector<Answer::Kind>(Tries::most_beside_cuts, broken_off)));
    EXPECT_EQ(never.result(), Result::unclear);
    EXPECT_FALSE(never.is_refusal());
    EXPECT_EQ(made({cut, cut, broken_off, cut, cut, cut, cut, cut, cut}).result(), Result::unclear);
}

TEST(Tries, CountedTriesGoOnUntilWordsOutweighCuts) {
    const auto counted = [](const std::vector<Answer::Kind>& ends, bool decided = true) {
        return made(ends, decided, Tries::Ask::counted).result();
    };
    EXPECT_EQ(counted({refused, refused, refused}), Result::refused);
    EXPECT_EQ(counted({refused, refused, cut, refused, cut, cut}), Result::refused);
    EXPECT_EQ(counted({cut, refused, cut, cut, refused, cut}, false), Result::undecided);
    EXPECT_EQ(counted({cut, cut, cut}), Result::cut_every_time);
}

TEST(Tries, CutsAndRefusalsInTurnNeedThreeRefusals) {
    EXPECT_EQ(made({cut, refused}, false).result(), Result::undecided);
    EXPECT_EQ(made({cut, refused, refused}).result(), Result::refused);
    EXPECT_EQ(made({cut, refused, served}).result(), Result::served);
    EXPECT_EQ(made({cut, refused, cut}, false).result(), Result::undecided);
    EXPECT_EQ(made({cut, cut, refused, refused}, false).result(), Result::undecided);
    EXPECT_EQ(made({cut, cut, refused, refused, refused}).result(), Result::refused);
    EXPECT_EQ(made({cut, refused, cut, refused, cut, refused}).result(), Result::refused);
    EXPECT_EQ(made({cut, refused, cut}, false).summary(), "connection reset in 2 of 3 tries, alert in 1 of 3 tries");
    const Tries too_few(made({cut, refused, cut, cut, cut, cut, cut, cut, refused}));
    EXPECT_EQ(too_few.result(), Result::undecided);
    EXPECT_FALSE(too_few.is_refusal());
    EXPECT_TRUE(made({cut, refused, refused}).is_refusal());
}

TEST(Tries, AnEndIsConfirmed) {
    const auto end = [](const std::vector<Answer::Kind>& ends, bool decided = true) {
        return made(ends, decided, Tries::Ask::twice).result();
    };
    EXPECT_EQ(end({refused}, false), Result::undecided);
    EXPECT_EQ(end({refused, refused}), Result::refused);
    EXPECT_EQ(end({refused, served}), Result::served);
    EXPECT_EQ(end({refused, silent}), Result::nothing);
    EXPECT_EQ(end({refused, cut}, false), Result::undecided);
    EXPECT_EQ(end({refused, cut, refused}), Result::refused);
    EXPECT_EQ(end({refused, cut, cut}, false), Result::undecided);
    EXPECT_EQ(end({cut, cut, cut}), Result::cut_every_time);
    EXPECT_EQ(end({served}), Result::served);
}

TEST(AnswerOf, AnswersOfTls) {
    ServerAnswer answer;
    EXPECT_EQ(answer_of(answer).kind, silent);
    for (const auto& [how, end] : {std::pair{Ending::ok, served},
                                   {Ending::alert, refused},
                                   {Ending::closed, cut},
                                   {Ending::reset, cut},
                                   {Ending::not_tls, unclear},
                                   {Ending::malformed, unclear},
                                   {Ending::connect_failed, silent}}) {
        answer.end = how;
        EXPECT_EQ(answer_of(answer).kind, end);
    }
    answer.end = Ending::reset;
    answer.server_hello.emplace();
    EXPECT_EQ(answer_of(answer).kind, cut) << "in the middle of the first flight";
    answer.key_exchange_group = NamedGroup::x25519;
    EXPECT_EQ(answer_of(answer).kind, served) << "what was asked for is there";
}

TEST(AnswerOf, AnswersOfHttp) {
    EXPECT_EQ(answer_of(failed(Ending::reset), Operation{}).kind, cut);
    EXPECT_EQ(answer_of(failed(Ending::reset, Alert{2, 42}), Operation{}).kind, refused);
    EXPECT_EQ(answer_of(failed(Ending::timeout), Operation{}).kind, silent);
    EXPECT_EQ(answer_of(answered(403), Operation{}).kind, refused);
    HttpOutcome outcome = answered(404);
    EXPECT_EQ(answer_of(outcome, Operation{}).kind, unclear);
    outcome.end = Ending::closed;
    EXPECT_EQ(answer_of(outcome, Operation{}).kind, broken_off) << "broken off, but begun";
}

TEST(AnswerOf, StepsAndBytes) {
    EXPECT_EQ(answer_of(TlsStep{}).kind, served);
    EXPECT_EQ(answer_of(TlsStep{Ending::closed, {}, {}}).kind, cut);
    EXPECT_EQ(answer_of(TlsStep{Ending::alert, {}, {}}).kind, refused);
    EXPECT_EQ(answer_of(TlsStep{Ending::timeout, {}, {}}).kind, silent);
    TcpExchange exchange;
    exchange.end = Ending::reset;
    EXPECT_EQ(answer_of(exchange).kind, silent) << "no connection";
    exchange.connected = true;
    EXPECT_EQ(answer_of(exchange).kind, cut);
    exchange.bytes = "HTTP/1.1 400";
    EXPECT_EQ(answer_of(exchange).kind, unclear);
}

Answer came(Answer::Kind kind, std::string summary = "-") {
    return Answer{.kind = kind, .summary = std::move(summary)};
}

TEST(AnswerOf, StatusesBesideTheSameRequestOfTheServedIdentity) {
    EXPECT_EQ(answer_of(answered(404), Operation{}).kind, unclear) << "it may be the request's own fault";
    EXPECT_EQ(answer_of(answered(404), Operation{}, answered(200, "OK")).kind, refused);
    EXPECT_EQ(answer_of(answered(204), Operation{}).kind, served) << "any 2xx is service";
}

Verdict judged(Answer::Kind beside, std::vector<Trial> tried, Reading reading = Reading::no_service) {
    const Words words{"a JWT", "a good JWT"};
    return judge_refused(came(beside, "HTTP 200"), tried, words, "refuse it", reading);
}

TEST(JudgeRefused, CountsOnlyBesideASuccess) {
    const Trial trial("without a kid", came(refused, "HTTP 401"));
    EXPECT_EQ(judged(served, {trial}).sentence(),
              "a JWT without a kid was refused (HTTP 401), a good JWT was served (HTTP 200)");
    for (const Answer::Kind beside : {refused, cut, silent, unclear}) {
        EXPECT_EQ(judged(beside, {trial}).outcome(), Outcome::inconclusive);
    }
    EXPECT_EQ(judged(served, {}).outcome(), Outcome::inconclusive) << "nothing was tried";
}

TEST(JudgeRefused, OneThatIsServedOutweighsTheOthers) {
    const std::vector<Trial> tried{{"a", came(unclear)}, {"b", came(refused)}, {"c", came(served, "HTTP 200")}};
    EXPECT_EQ(judged(served, tried).outcome(), Outcome::fail);
    EXPECT_EQ(judged(served, tried).sentence(), "a JWT c was served: HTTP 200");
    EXPECT_EQ(judged(served, tried).remedy(), "refuse it");
    EXPECT_EQ(judged(served, {tried[0], tried[1]}).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judged(served, {tried[1], tried[1]}).sentence(),
              "a JWT was refused (b: -, b: -), a good JWT was served (HTTP 200)");
}

TEST(JudgeRefused, ACutIsNoDocumentedRefusal) {
    const Trial every_time("x", made({cut, cut, cut}));
    const Trial once("x", made({cut}, false));
    EXPECT_EQ(judged(served, {every_time}).outcome(), Outcome::pass);
    EXPECT_TRUE(judged(served, {every_time}).rests_on_resets());
    EXPECT_EQ(judged(served, {once}).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judged(served, {every_time}, Reading::documented).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judged(served, {{"x", came(refused)}}, Reading::documented).outcome(), Outcome::pass);
}

}  // namespace
}  // namespace gateproof::suites::refusal_test
