#include "suites/shared/tries.hpp"

#include <gtest/gtest.h>

namespace gateproof::suites {
namespace {

using Result = Tries::Result;
using enum TryEnd;

/// These tries, each of which was needed; `decided`: nobody asks on after them.
Tries made(const std::vector<TryEnd>& ends, bool decided = true, Tries::Confirm confirm = Tries::Confirm::no) {
    Tries tries(confirm);
    for (const TryEnd end : ends) {
        EXPECT_FALSE(tries.decided()) << tries.summary();
        tries.add(end, end == cut ? "connection reset" : end == refused ? "alert" : end == answered ? "hello" : "-");
    }
    EXPECT_EQ(tries.decided(), decided) << tries.summary();
    return tries;
}

TEST(Tries, ARefusalInWordsIsEnough) {
    EXPECT_EQ(made({}, false).result(), Result::nothing);
    EXPECT_EQ(made({refused}).result(), Result::refused);
    EXPECT_EQ(made({answered}).result(), Result::answered);
    EXPECT_EQ(made({nothing}).result(), Result::nothing);
    EXPECT_EQ(made({refused}).summary(), "alert");
}

TEST(Tries, ACutIsAskedAgainAtMostTwice) {
    EXPECT_EQ(made({cut}, false).result(), Result::undecided);
    EXPECT_EQ(made({cut, cut}, false).result(), Result::undecided);
    EXPECT_EQ(made({cut, cut, cut}).result(), Result::cut_every_time);
    EXPECT_EQ(made({cut, answered}).result(), Result::answered);
    EXPECT_EQ(made({cut, cut, answered}).result(), Result::answered);
    EXPECT_EQ(made({cut, nothing}).result(), Result::nothing);
    EXPECT_EQ(made({cut, cut, cut}).summary(), "connection reset in 3 of 3 tries");
}

TEST(Tries, CutsAndRefusalsInTurnNeedTwoRefusals) {
    EXPECT_EQ(made({cut, refused}, false).result(), Result::undecided);
    EXPECT_EQ(made({cut, refused, refused}).result(), Result::refused);
    EXPECT_EQ(made({cut, refused, answered}).result(), Result::answered);
    EXPECT_EQ(made({cut, refused, cut}).result(), Result::undecided);
    EXPECT_EQ(made({cut, cut, refused}).result(), Result::undecided);
    EXPECT_EQ(made({cut, refused, cut}).summary(), "connection reset in 2 of 3 tries, alert in 1 of 3 tries");
    EXPECT_FALSE(made({cut, refused, cut}).is_refusal());
    EXPECT_TRUE(made({cut, refused, refused}).is_refusal());
}

TEST(Tries, AnEndIsConfirmed) {
    const auto end = [](const std::vector<TryEnd>& ends, bool decided = true) {
        return made(ends, decided, Tries::Confirm::yes).result();
    };
    EXPECT_EQ(end({refused}, false), Result::undecided);
    EXPECT_EQ(end({refused, refused}), Result::refused);
    EXPECT_EQ(end({refused, answered}), Result::answered);
    EXPECT_EQ(end({refused, nothing}), Result::nothing);
    EXPECT_EQ(end({refused, cut}, false), Result::undecided);
    EXPECT_EQ(end({refused, cut, refused}), Result::refused);
    EXPECT_EQ(end({refused, cut, cut}), Result::undecided);
    EXPECT_EQ(end({cut, cut, cut}), Result::cut_every_time);
    EXPECT_EQ(end({answered}), Result::answered);
}

TEST(TryEndOf, AnswersOfTls) {
    ServerAnswer answer;
    EXPECT_EQ(try_end_of(answer), nothing);
    for (const auto& [how, end] : {std::pair{Ending::ok, answered},
                                   {Ending::alert, refused},
                                   {Ending::closed, cut},
                                   {Ending::reset, cut},
                                   {Ending::not_tls, nothing},
                                   {Ending::malformed, nothing},
                                   {Ending::connect_failed, nothing}}) {
        answer.end = how;
        EXPECT_EQ(try_end_of(answer), end);
    }
    answer.end = Ending::reset;
    answer.server_hello.emplace();
    EXPECT_EQ(try_end_of(answer), cut) << "in the middle of the first flight";
    answer.key_exchange_group = NamedGroup::x25519;
    EXPECT_EQ(try_end_of(answer), answered) << "what was asked for is there";
}

TEST(TryEndOf, AnswersOfHttp) {
    HttpOutcome outcome;
    outcome.end = Ending::reset;
    EXPECT_EQ(try_end_of(outcome), cut);
    outcome.alert = Alert{2, 42};
    EXPECT_EQ(try_end_of(outcome), refused);
    outcome = {};
    outcome.end = Ending::timeout;
    EXPECT_EQ(try_end_of(outcome), nothing);
    outcome = {};
    outcome.response.emplace();
    outcome.response->status = 403;
    EXPECT_EQ(try_end_of(outcome), refused);
    outcome.response->status = 404;
    EXPECT_EQ(try_end_of(outcome), answered);
    outcome.end = Ending::closed;
    EXPECT_EQ(try_end_of(outcome), answered) << "broken off, but begun";
}

TEST(TryEndOf, StepsAndBytes) {
    EXPECT_EQ(try_end_of(TlsStep{}), answered);
    EXPECT_EQ(try_end_of(TlsStep{Ending::closed, {}, {}}), cut);
    EXPECT_EQ(try_end_of(TlsStep{Ending::alert, {}, {}}), refused);
    EXPECT_EQ(try_end_of(TlsStep{Ending::timeout, {}, {}}), nothing);
    TcpExchange exchange;
    exchange.end = Ending::reset;
    EXPECT_EQ(try_end_of(exchange), nothing) << "no connection";
    exchange.connected = true;
    EXPECT_EQ(try_end_of(exchange), cut);
    exchange.bytes = "HTTP/1.1 400";
    EXPECT_EQ(try_end_of(exchange), answered);
}

}  // namespace
}  // namespace gateproof::suites
