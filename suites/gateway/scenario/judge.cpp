#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/probe/http/answer_value.hpp"
#include "harness/probe/jwt/jwt.hpp"
#include "suites/gateway/scenario/suite.hpp"

namespace gateproof::suites {
namespace {

template <class Value>
bool among(const std::vector<Value>& all, const Value& one) {
    return std::ranges::find(all, one) != all.end();
}

/// It speaks of the way there, of how much was asked or of a server that is down.
bool is_trouble(int status) {
    return status == 408 || status == 429 || status == 502 || status == 503 || status == 504;
}

bool is_about_the_token(const Answer& answer, const ErrorModel& model) {
    return (model.no_token && matches(answer, *model.no_token)) ||
           (model.invalid_token && matches(answer, *model.invalid_token));
}

bool status_fits(const ScenarioCall& call, const Answer& answer) {
    return call.status.empty() || among(call.status, answer.status);
}

std::string expected_status(const ScenarioCall& call) {
    return fmt::format("HTTP {}", fmt::join(call.status, " or "));
}

Verdict judge_served(const ScenarioCall& call, const RowAnswer& row) {
    constexpr const char* remedy =
        "answer as the service's build pack has it, or mend what stands in scenarios of the profile";
    const Answer& answer = row.reading;
    if (!answer.served()) {
        return Verdict::fail("it must be served, and was answered with {}", answer.summary)
            .remedy(
                "see that the delegation, the account and the return exist in this environment and that the request "
                "is as documented");
    }
    if (!row.unlike.empty()) {
        return Verdict::inconclusive("{}, which is not the operation's own answer: {}", answer.summary, row.unlike)
            .remedy("see what stands before the service: a page of a login or of a proxy is no answer of it");
    }
    if (!status_fits(call, answer)) {
        return Verdict::fail("it was served with {}; expected is {}", answer.summary, expected_status(call))
            .remedy(remedy);
    }
    if (!row.missing.empty()) {
        return Verdict::fail("it was served ({}), but of what the row expects in the answer: {}", answer.summary,
                             fmt::join(row.missing, ", "))
            .remedy(remedy);
    }
    return Verdict::pass("it was served ({})", answer.summary);
}

Verdict judge_refusal(const ScenarioCall& call, const ErrorModel& model, const RowAnswer& row) {
    const Answer& answer = row.reading;
    const std::string expected = fmt::format("{}", fmt::join(call.code, " or "));
    if (answer.served()) {
        if (!row.unlike.empty()) {
            return Verdict::inconclusive("{}, which is not the operation's own answer: {}", answer.summary, row.unlike);
        }
        return Verdict::fail("it must be refused with {}, and was served ({})", expected, answer.summary)
            .remedy("refuse the request as the service's build pack has it");
    }
    if (answer.code.empty()) {
        return Verdict::inconclusive("{}, which holds no code of the service; expected is {}", answer.summary, expected)
            .remedy("see whether the service answered, or something before it");
    }
    if (!among(call.code, answer.code)) {
        if (call.of_user() && is_about_the_token(answer, model)) {
            return Verdict::inconclusive("the token was not taken ({}), which says nothing of what the row is about",
                                         answer.summary)
                .remedy("log in again (gateproof login), and see that the token is of this environment");
        }
        return Verdict::fail("it is refused with {}; expected is {}", answer.summary, expected)
            .remedy("answer with the documented code for this reason, or mend what stands in scenarios of the profile");
    }
    if (!status_fits(call, answer)) {
        return Verdict::fail("it is refused with {}; expected is {}", answer.summary, expected_status(call))
            .remedy("answer with the documented status");
    }
    if (!row.missing.empty()) {
        return Verdict::fail("it is refused ({}), but of what the row expects in the answer: {}", answer.summary,
                             fmt::join(row.missing, ", "))
            .remedy("answer with the documented error");
    }
    return Verdict::pass("it is refused ({}), as the template expects", answer.summary);
}

}  // namespace

std::vector<std::string> missing_values(const std::vector<AnswerValue>& wanted, std::string_view body) {
    std::vector<std::string> missing;
    for (const AnswerValue& one : wanted) {
        const std::string& place = one.pointer.empty() ? one.xpath : one.pointer;
        const std::optional<std::string> found = value_at(body, one.pointer, one.xpath);
        if (!found || found->empty()) {
            missing.push_back(fmt::format("nothing at {}", place));
        } else if (!one.equals.empty() && !among(one.equals, *found)) {
            // What else stands there may be a customer's.
            missing.push_back(fmt::format("at {} another value than {}", place, fmt::join(one.equals, " or ")));
        }
    }
    return missing;
}

std::vector<std::string> missing_of(const ScenarioCall& call, std::string_view body) {
    std::vector<std::string> missing = missing_values(call.body, body);
    if (call.ascending && !is_ascending(body, call.ascending->pointer, call.ascending->by)) {
        missing.push_back(fmt::format("at {} no list in the order of {}", call.ascending->pointer, call.ascending->by));
    }
    return missing;
}

Verdict judge_row(const ScenarioCall& call, const ErrorModel& model, const RowAnswer& row) {
    const Answer& answer = row.reading;
    const bool expected = call.refuses() && among(call.code, answer.code) && status_fits(call, answer);
    if (row.technical || answer.status == 0) {
        return Verdict::inconclusive("{}, which says nothing of the row", answer.summary);
    }
    if (!expected && is_trouble(answer.status)) {
        return Verdict::inconclusive("{}, which speaks of too much at once or of the way there", answer.summary)
            .remedy("ask again later, and less at once (limits)");
    }
    if (!answer.served() && !answer.refused() && (answer.code.empty() || (!expected && answer.status >= 500))) {
        return Verdict::inconclusive("{}, which is neither service nor an error of the service", answer.summary)
            .remedy("see that the path is the service's and that the request is as documented");
    }
    return call.refuses() ? judge_refusal(call, model, row) : judge_served(call, row);
}

Verdict telling_what_was_sent(Verdict verdict, const ScenarioCall& call, bool had) {
    const bool judged = verdict.outcome() != Outcome::inconclusive;
    if (call.subject != ScenarioCall::expired || !judged) {
        return verdict;
    }
    return std::move(verdict).adding(had ? "what was sent is a token that has expired"
                                         : "what was sent is no token, since the profile has no expired one "
                                           "(oauth.tokens.expired)");
}

bool is_still_valid(const std::string& token, std::chrono::system_clock::time_point now) {
    const std::optional<jwt::Token> read = jwt::decode(token);
    if (!read || !read->claims.contains("exp") || !read->claims.at("exp").is_number_integer()) {
        return false;
    }
    return std::chrono::sys_seconds(std::chrono::seconds(read->claims.at("exp").get<std::int64_t>())) > now;
}

Verdict judge_second_try(Verdict first, const Verdict& second) {
    if (second.outcome() == Outcome::fail) {
        return std::move(first).adding(second.sentence() == first.sentence()
                                           ? "so on two tries"
                                           : fmt::format("on a second try: {}", second.sentence()));
    }
    if (second.outcome() == Outcome::inconclusive) {
        return Verdict::inconclusive("{}; a second try decided nothing: {}", first.sentence(), second.sentence())
            .remedy("ask again (gateproof run --rerun)");
    }
    return Verdict::warning("as expected on the second of two tries ({}); on the first: {}", second.sentence(),
                            first.sentence())
        .remedy("see whether every node behind the address answers alike: " + first.remedy());
}

Verdict judge_all(std::vector<Verdict> verdicts, const ScenarioCall& call) {
    if (verdicts.size() == 1) {
        return std::move(verdicts.front());
    }
    std::vector<std::string> operations{call.operation};
    for (const ScenarioCall::Further& one : call.also) {
        operations.push_back(one.operation);
    }
    const auto gravest = std::ranges::max_element(verdicts, {}, &Verdict::outcome);
    if (gravest->outcome() == Outcome::pass) {
        return std::move(verdicts.front()).adding(fmt::format("so for each of {}", fmt::join(operations, ", ")));
    }
    const std::string& whose = operations[static_cast<std::size_t>(gravest - verdicts.begin())];
    return std::move(*gravest).adding(fmt::format("asked by {}, of {}", whose, fmt::join(operations, ", ")));
}

}  // namespace gateproof::suites
