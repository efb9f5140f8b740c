// The verdicts of client-time, from when requests came and connections ended.
#include "suites/client/time/judge.hpp"

#include <gmock/gmock.h>

#include "suites/client/judge.hpp"
#include "tests/unit/suites/client/came.hpp"

namespace gateproof::suites {
namespace {

using namespace std::chrono_literals;
using stage::Time;
using std::chrono::milliseconds;
using test::attempt;
using test::Came;
using testing::HasSubstr;

const Time start = Time{} + 1h;
constexpr milliseconds end_of_patience = 180s;

Timing timing() {
    Timing sixty;
    sixty.limit = 60s;
    sixty.tolerance = 5s;
    return sixty;
}

/// A connection whose times count from `start`.
class Waited {
public:
    Waited() : visit_(Came().hello().finished()) { visit_.hello_at = visit_.finished_at = start; }
    static Waited in_handshake() {
        Waited made;
        made.visit_.finished_at.reset();
        return made;
    }
    Waited& asked(milliseconds at) {
        stage::RequestSeen& request = visit_.requests.emplace_back();
        request.method = "GET";
        request.first_byte = start + at;
        request.whole = start + at;
        visit_.accepted_at = visit_.accepted_at.value_or(start + at);
        visit_.request_count = visit_.requests.size();
        return *this;
    }
    /// The last request; a part of an answer has a status and no time.
    Waited& answered(int status, std::optional<milliseconds> at = {}) {
        visit_.requests.back().status = status;
        if (at) {
            visit_.requests.back().answered = start + *at;
        }
        return *this;
    }
    Waited& left(milliseconds at) {
        visit_.end = Ending::closed;
        visit_.ended = start + at;
        return *this;
    }
    operator stage::Visit() const { return visit_; }  // NOLINT(google-explicit-constructor): a test reads better so

private:
    stage::Visit visit_;
};

Attempt ended_by_us(std::vector<stage::Visit> visits) {
    Attempt made = attempt(std::move(visits), Claim::Kind::ended_by_us);
    made.claim.told_to_end = start + end_of_patience;
    for (stage::Visit& visit : made.visits) {
        if (!visit.ended) {
            visit.end = Ending::closed;
            visit.ended = start + end_of_patience + 1ms;
        }
    }
    return made;
}

Attempt late_by(Attempt made, milliseconds at, milliseconds by) {
    made.lateness.note(start + at - by, start + at);
    return made;
}

TEST(ClientTimeJudgement, ASlowAnswerIsWaitedFor) {
    const auto judged = [](const Attempt& one) { return judge_slow_answer(one, timing()); };
    const Attempt served = attempt({Waited().asked(0s).answered(200, 55s).left(55s)}, Claim::Kind::success);
    EXPECT_EQ(judged(served).outcome(), Outcome::pass);

    const Verdict early = judged(attempt({Waited().asked(0s).left(30s)}));
    EXPECT_EQ(early.outcome(), Outcome::fail);
    EXPECT_THAT(early.sentence(), HasSubstr("gave up 30 s after its request"));

    EXPECT_EQ(judged(attempt({Waited().asked(0s).answered(200, 55s).left(55s)})).outcome(), Outcome::fail)
        << "it was answered, and reports a failure";
    EXPECT_EQ(judged(attempt({})).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judged(attempt({Waited().asked(0s).left(30s)}, Claim::Kind::crashed)).outcome(), Outcome::fail);
    EXPECT_EQ(judged(ended_by_us({Waited().asked(0s)})).outcome(), Outcome::inconclusive);
}

/// A stage that sends the answer late, or notes a request late, convicts nobody.
TEST(ClientTimeJudgement, ALateStageSaysNothingOfPatience) {
    const Attempt overdue = attempt({Waited().asked(0s).left(57s)});
    EXPECT_EQ(judge_slow_answer(late_by(overdue, 57s, 3s), timing()).outcome(), Outcome::inconclusive);
    const Attempt request_noted_late = attempt({Waited().asked(10s).left(60s)});
    EXPECT_EQ(judge_slow_answer(request_noted_late, timing()).outcome(), Outcome::fail);
    EXPECT_EQ(judge_slow_answer(late_by(request_noted_late, 10s, 9s), timing()).outcome(), Outcome::inconclusive)
        << "it may have waited 59 s";

    const Attempt reported = attempt({Waited().asked(0s).answered(200, 80s).left(80s)});
    EXPECT_EQ(judge_slow_answer(late_by(reported, 80s, 25s), timing()).outcome(), Outcome::inconclusive);
    EXPECT_THAT(judge_slow_answer(late_by(reported, 80s, 25s), timing()).sentence(), HasSubstr("late by 25 s"));
}

TEST(ClientTimeJudgement, ACutIsAFailure) {
    const auto cut = [] { return Waited().asked(0s).answered(504, 60s).left(60s); };
    EXPECT_EQ(judge_cut(attempt({cut()}), 5).outcome(), Outcome::pass);
    EXPECT_EQ(judge_cut(attempt({cut()}, Claim::Kind::success), 5).outcome(), Outcome::fail);
    EXPECT_EQ(judge_cut(attempt({cut()}, Claim::Kind::none), 5).outcome(), Outcome::skipped);
    EXPECT_EQ(judge_cut(attempt({cut(), cut()}), 1).outcome(), Outcome::pass);
    EXPECT_EQ(judge_cut(attempt({cut(), cut(), cut()}), 1).outcome(), Outcome::warning);
    const Verdict never_saw_it = judge_cut(attempt({Waited().asked(0s).left(30s)}), 5);
    EXPECT_EQ(never_saw_it.outcome(), Outcome::skipped);
    EXPECT_EQ(never_saw_it.skip(), Skip::not_tried);
    EXPECT_EQ(judge_cut(attempt({Came().hello()}), 5).outcome(), Outcome::inconclusive);
}

TEST(ClientTimeJudgement, SilenceIsGivenUp) {
    const auto judged = [](const Attempt& one) { return judge_silence(one, timing(), end_of_patience); };
    const Verdict patient = judged(attempt({Waited().asked(0s).left(75s)}));
    EXPECT_EQ(patient.outcome(), Outcome::pass);
    EXPECT_THAT(patient.sentence(), HasSubstr("75 s"));

    const Verdict early = judged(attempt({Waited().asked(0s).left(58s)}));
    EXPECT_EQ(early.outcome(), Outcome::warning);
    EXPECT_THAT(early.sentence(), HasSubstr("before the gateway does"));

    const Attempt for_ever = ended_by_us({Waited().asked(0s)});
    EXPECT_EQ(judged(for_ever).outcome(), Outcome::warning);
    EXPECT_THAT(judged(for_ever).sentence(), HasSubstr("not given up within 180 s"));
    EXPECT_EQ(judged(late_by(for_ever, 180s, 6s)).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judged(late_by(for_ever, 180s, 4s)).outcome(), Outcome::warning) << "within the tolerance";
    EXPECT_EQ(judged(late_by(for_ever, 100s, 6s)).outcome(), Outcome::warning) << "what it missed was seen later";

    EXPECT_EQ(judged(ended_by_us({Waited().asked(0s).left(75s), Waited().asked(76s).left(151s)})).outcome(),
              Outcome::pass)
        << "each wait has an end, though it asks again";
    EXPECT_EQ(judged(attempt({Waited().asked(0s).left(75s)}, Claim::Kind::success)).outcome(), Outcome::inconclusive)
        << "who called whom?";
    EXPECT_EQ(judged(attempt({})).outcome(), Outcome::inconclusive);
}

TEST(ClientTimeJudgement, ASilentHandshakeIsGivenUp) {
    const auto judged = [](const Attempt& one) { return judge_silent_handshake(one, timing(), end_of_patience); };
    EXPECT_EQ(judged(attempt({Waited::in_handshake().left(10s)})).outcome(), Outcome::pass);
    EXPECT_EQ(judged(ended_by_us({Waited::in_handshake()})).outcome(), Outcome::warning);
    EXPECT_EQ(judged(attempt({Came()})).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judged(attempt({Waited::in_handshake().left(10s)}, Claim::Kind::success)).outcome(),
              Outcome::inconclusive);
}

TEST(ClientTimeJudgement, APartIsNotTheWhole) {
    const auto judged = [](const Attempt& one) {
        return judge_unfinished(one, {"the rest", "do so"}, timing(), end_of_patience);
    };
    const auto half = [] { return Waited().asked(0s).answered(200); };
    EXPECT_EQ(judged(attempt({half().left(75s)})).outcome(), Outcome::pass);
    EXPECT_EQ(judged(attempt({half().left(75s)}, Claim::Kind::success)).outcome(), Outcome::fail);
    EXPECT_EQ(judged(attempt({half().left(75s)}, Claim::Kind::none)).outcome(), Outcome::skipped);
    EXPECT_EQ(judged(ended_by_us({half()})).outcome(), Outcome::warning);
    EXPECT_EQ(judged(attempt({Waited().asked(0s).left(75s)})).outcome(), Outcome::inconclusive) << "nothing was said";
}

TEST(ClientTimeJudgement, TheNextCallIsServed) {
    const auto judged = [](const Attempt& one) { return judge_recovery(one, "silence", timing()); };
    const auto given_up = [] { return Waited().asked(0s).left(75s); };
    EXPECT_EQ(judged(ended_by_us({given_up(), Waited().asked(76s).answered(200, 76s)})).outcome(), Outcome::pass);
    EXPECT_EQ(judged(ended_by_us({given_up(), Waited().asked(76s)})).outcome(), Outcome::fail);
    EXPECT_EQ(judged(attempt({given_up()})).outcome(), Outcome::fail);
    EXPECT_EQ(judged(late_by(ended_by_us({given_up()}), 180s, 6s)).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judged(late_by(attempt({given_up()}), 75s, 6s)).outcome(), Outcome::fail) << "it ended by itself";
    EXPECT_EQ(judged(ended_by_us({Waited().asked(0s)})).outcome(), Outcome::skipped) << "it gave up on nothing";
    EXPECT_EQ(judged(ended_by_us({Waited().asked(0s), Waited().asked(2s).answered(200, 2s)})).outcome(),
              Outcome::skipped)
        << "another call beside it shows nothing of what comes after";

    EXPECT_EQ(judged(ended_by_us({Waited().asked(0s).answered(504, 0s).asked(1s).answered(200, 1s)})).outcome(),
              Outcome::pass);
    EXPECT_EQ(judged(attempt({Waited().asked(0s).answered(504, 0s)})).outcome(), Outcome::fail);
    EXPECT_EQ(judged(ended_by_us({Waited::in_handshake().left(10s), Waited().asked(11s).answered(200, 11s)})).outcome(),
              Outcome::pass);
    EXPECT_EQ(judged(ended_by_us({Waited::in_handshake()})).outcome(), Outcome::skipped);
}

TEST(ClientTimeJudgement, ItsConnectionIsClosed) {
    const auto judged = [](const Attempt& one) { return judge_closed(one, timing()); };
    const auto later = [] { return Waited().asked(76s).answered(200, 76s); };
    EXPECT_EQ(judged(ended_by_us({Waited().asked(0s).left(75s), later()})).outcome(), Outcome::pass);
    const Verdict open = judged(ended_by_us({Waited().asked(0s), later()}));
    EXPECT_EQ(open.outcome(), Outcome::warning);
    EXPECT_THAT(open.sentence(), HasSubstr("1 later ones"));
    EXPECT_EQ(judged(ended_by_us({Waited().asked(0s)})).outcome(), Outcome::skipped);
}

TEST(ClientTimeJudgement, ALateAnswerIsNobodyElses) {
    const auto judged = [](const Attempt& one) { return judge_late_answer(one, timing()); };
    EXPECT_EQ(judged(ended_by_us({Waited().asked(0s).left(75s), Waited().asked(76s)})).outcome(), Outcome::pass);
    EXPECT_EQ(judged(ended_by_us({Waited().asked(0s), Waited().asked(76s)})).outcome(), Outcome::pass)
        << "left open, and not used";
    EXPECT_EQ(judged(ended_by_us({Waited().asked(0s)})).outcome(), Outcome::skipped);

    const auto mixed = [] { return Waited().asked(0s).answered(200, 76s).asked(76s); };
    const Verdict twice = judged(ended_by_us({mixed().left(80s)}));
    EXPECT_EQ(twice.outcome(), Outcome::warning);
    const Verdict thrice = judged(ended_by_us({mixed().answered(200, 77s).asked(77s)}));
    EXPECT_EQ(thrice.outcome(), Outcome::fail);
    EXPECT_THAT(thrice.sentence(), HasSubstr("given up after 76 s"));

    EXPECT_EQ(
        judged(ended_by_us({Waited().asked(0s).answered(200, 1s).asked(1s).answered(200, 1s).asked(1s)})).outcome(),
        Outcome::skipped)
        << "it pipelines";
}

TEST(ClientTimeJudgement, LatenessTakesBackWhatTheClockSaysAndNothingElse) {
    EXPECT_EQ(unless_late(Verdict::fail("no"), 6s, 5s).outcome(), Outcome::inconclusive);
    EXPECT_EQ(unless_late(Verdict::warning("no"), 6s, 5s).outcome(), Outcome::inconclusive);
    EXPECT_EQ(unless_late(Verdict::pass("yes"), 6s, 5s).outcome(), Outcome::pass);
    EXPECT_EQ(unless_late(Verdict::skipped("-"), 6s, 5s).outcome(), Outcome::skipped);
    EXPECT_EQ(unless_late(Verdict::fail("no"), 5s, 5s).outcome(), Outcome::fail);
    EXPECT_THAT(unless_late(Verdict::fail("no"), 6s, 5s).sentence(), HasSubstr("late by 6 s"));
}

}  // namespace
}  // namespace gateproof::suites
