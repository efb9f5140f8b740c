// Scenarios of published test report templates, each row asked as the profile says and judged by what its template
// expects.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/profile/profile.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

Suite scenario_suite();

/// How a row was answered.
struct RowAnswer {
    Answer reading;      ///< by the row's error model
    std::string unlike;  ///< what the answer lacks to be the operation's (HttpOutcome::unlike); empty: nothing
    std::vector<std::string> missing = {};  ///< of ScenarioCall::body, in words
    bool technical = false;                 ///< the published technical fault, which is about nobody's right
};

/// What has to be said of the token that was sent where the row wants an expired one, so that nobody claims more than
/// was done. `had`: an expired one was sent.
Verdict telling_what_was_sent(Verdict verdict, const ScenarioCall& call, bool had);

/// Whether `token` is one that says when it expires, and that it has not by `now`.
bool is_still_valid(const std::string& token, std::chrono::system_clock::time_point now);

/// What a row is that failed and was asked once more, since one answer is not a truth: a failure both times is one;
/// where the second answer is as expected the first is a warning, and where it decides nothing it is inconclusive.
Verdict judge_second_try(Verdict first, const Verdict& second);

/// What the row expects decides: served with that status and those values, or refused with that code. Trouble on the
/// way, overload, a technical fault and a token that is not taken are inconclusive, whichever it is.
Verdict judge_row(const ScenarioCall& call, const ErrorModel& model, const RowAnswer& row);

/// Of a row that is about several operations, whose requests got these verdicts, one for each in their order: the
/// gravest, which says whose it is.
Verdict judge_all(std::vector<Verdict> verdicts, const ScenarioCall& call);

/// The values that `body` lacks of those that the row wants, in words: "nothing at /Customer/ID", "at /Match another
/// value than Match".
std::vector<std::string> missing_values(const std::vector<AnswerValue>& wanted, std::string_view body);

/// What the answer lacks of all that the row wants of it, the order of a list included.
std::vector<std::string> missing_of(const ScenarioCall& call, std::string_view body);

}  // namespace gateproof::suites
