#include "suites/gateway/permission/contract.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "harness/run/context.hpp"
#include "suites/gateway/permission/suite.hpp"
#include "suites/shared/failures.hpp"
#include "suites/shared/subjects.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

/// An operation whose answers are described, and who can ask for it.
struct Described {
    const Operation* operation = nullptr;
    const PermissionCase* own = nullptr;      ///< a case that is served; null: nobody's
    const PermissionCase* refused = nullptr;  ///< one that must not be
};

std::vector<Described> described_operations(const Profile& profile) {
    std::vector<Described> all;
    for (const auto& [name, operation] : profile.operations) {
        if (!operation.schema) {
            continue;
        }
        Described one{&operation, nullptr, nullptr};
        for (const PermissionCase& other : profile.permissions.cases) {
            const PermissionCase*& place = other.kind == PermissionCase::Kind::own ? one.own : one.refused;
            const bool single = other.kind != PermissionCase::Kind::batch;
            if (other.operation == name && place == nullptr && single) {
                place = &other;
            }
        }
        all.push_back(one);
    }
    return all;
}

/// What keeps an operation from being asked.
std::string unmet_by(const Described& one, const Profile& profile) {
    const Operation& operation = *one.operation;
    if (!only_reads(operation)) {
        return fmt::format(
            "the operation {} writes, and is not carried out for its answer's sake; give it reads: true "
            "in the profile if it only asks",
            operation.name);
    }
    if (one.own != nullptr) {
        return described({one.own}, profile).front().unmet;
    }
    const bool filled = placeholders_in(operation.path).empty() && placeholders_in(operation.body).empty();
    return filled ? std::string()
                  : fmt::format(
                        "needs somebody who is served by the operation {}; give permissions.cases one of kind "
                        "own for it in the profile",
                        operation.name);
}

std::vector<CheckCase> each_described(const Profile& profile) {
    std::vector<CheckCase> cases;
    for (const Described& one : described_operations(profile)) {
        const Operation& operation = *one.operation;
        std::string name = operation.name;
        std::ranges::replace(name, '_', '-');  // names of cases have none
        cases.push_back({std::move(name),
                         fmt::format("{} {} by {}", operation.method, operation.path, operation.schema->source),
                         unmet_by(one, profile)});
    }
    return cases;
}

std::vector<const Operation*> described_alone(const Profile& profile) {
    std::vector<const Operation*> sent;
    for (const Described& one : described_operations(profile)) {
        if (one.own == nullptr) {
            sent.push_back(one.operation);
        }
    }
    return sent;
}

DescribedAnswer compared(std::string_view what, HttpOutcome outcome, const Operation& operation) {
    DescribedAnswer answer{what, std::move(outcome), {}};
    if (not_comparable(answer.outcome).empty()) {
        const MessageSchema& schema = *operation.schema;
        answer.finding = schema.description->judge_answer(
            operation.method, schema.path, answer.outcome.response->status, answer.outcome.response->body);
    }
    return answer;
}

awaitable<Verdict> answers_fit(Context& ctx) {
    const Profile& profile = ctx.profile();
    const Described one = described_operations(profile).at(ctx.case_index());
    const Operation& operation = *one.operation;
    if (!operation.schema->description) {
        co_return Verdict::inconclusive("the description {} was not read", operation.schema->source);
    }
    std::vector<DescribedAnswer> answers;
    if (one.own == nullptr) {
        HttpOutcome outcome = co_await ask(ctx, operation, ctx.serving_identity());
        answers.push_back(compared("the answer", std::move(outcome), operation));
        co_return judge_described(answers, operation.schema->source);
    }
    const Credential credential = co_await credential_of(ctx, one.own->subject);
    if (!credential.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", credential.problem);
    }
    const Operation good = operation_of(profile, *one.own, credential.authorization);
    HttpOutcome outcome = co_await ask(ctx, good, credential.identity);
    answers.push_back(compared("the answer", std::move(outcome), operation));
    if (!credential.authorization.empty()) {
        const Operation bare = operation_of(profile, *one.own, {});
        HttpOutcome refused = co_await ask(ctx, bare, credential.identity);
        answers.push_back(compared("the error without a token", std::move(refused), operation));
    }
    if (one.refused != nullptr) {
        CaseAnswer refused = co_await ask_case(ctx, *one.refused);
        if (refused.problem.empty()) {
            answers.push_back(compared("the error of what is not permitted", std::move(refused.outcome), operation));
        }
    }
    co_return judge_described(answers, operation.schema->source);
}

Verdict judge_one(const DescribedAnswer& answer, std::string_view source) {
    if (std::string why = not_comparable(answer.outcome); !why.empty()) {
        return Verdict::inconclusive("{}: {}", answer.what, why);
    }
    const SchemaFinding& found = answer.finding.schema;
    const std::string summary = answer.outcome.summary();
    if (found.breaks()) {
        return Verdict::fail("{} ({}) is not as {} has it: {}", answer.what, summary, source,
                             fmt::join(found.problems, "; "))
            .remedy(
                "answer as the published document has it; where the service is newer than the document, name the newer "
                "one in the operation's schema in the profile")
            .found(found.problems);
    }
    if (!found.fits()) {
        return Verdict::inconclusive("{} ({}) is judged by {} in part alone: {}", answer.what, summary, source,
                                     fmt::join(found.open, "; "));
    }
    return Verdict::pass("{} ({}) is as {} has it", answer.what, summary, source);
}

}  // namespace

std::string not_comparable(const HttpOutcome& outcome) {
    constexpr std::array overloaded{429, 502, 503, 504};  // whoever stands before the service may say these
    if (!outcome.whole()) {
        return outcome.summary();
    }
    if (outcome.response->truncated) {
        return "its body is larger than is read";
    }
    return std::ranges::find(overloaded, outcome.response->status) == overloaded.end() ? "" : outcome.summary();
}

Verdict judge_described(const std::vector<DescribedAnswer>& answers, std::string_view source) {
    Failures failures;
    std::vector<std::string> fitting;
    std::vector<std::string> silent;
    for (const DescribedAnswer& answer : answers) {
        if (!answer.finding.silent.empty()) {
            silent.push_back(fmt::format("{}: {}", answer.what, answer.finding.silent));
            continue;
        }
        Verdict verdict = judge_one(answer, source);
        if (verdict.outcome() == Outcome::pass) {
            fitting.push_back(fmt::format("{} ({})", answer.what, answer.outcome.summary()));
        }
        failures.add(std::move(verdict));
    }
    if (std::optional<Verdict> worst = std::move(failures).verdict()) {
        return std::move(*worst);
    }
    if (fitting.empty()) {
        return Verdict::not_tried("{} says nothing of what came: {}", source, fmt::join(silent, "; "));
    }
    const HttpOutcome& first = answers.front().outcome;
    if (first.response->status >= 400) {
        return Verdict::inconclusive("the request is not served ({}), so the answer of a success was not seen",
                                     first.summary());
    }
    Verdict verdict = Verdict::pass("as {} has it: {}", source, fmt::join(fitting, ", "));
    return silent.empty() ? verdict : std::move(verdict).adding(fmt::format("{}", fmt::join(silent, "; ")));
}

std::vector<Check> permission_contract_checks() {
    return checks({.requirements = {decides("REST-SCHEMA")}, .intrusiveness = Intrusiveness::active},
                  {{.id = "permission.rest-answers-as-described",
                    .title = "Answers and errors of a REST service must be as its published document has them",
                    .run = answers_fit,
                    .channels = {Channel::cloud},
                    .needs = {need("description of an operation's answers",
                                   "needs the published OpenAPI document of a service; give the operation \"schema\": "
                                   "{\"openapi\": FILE} in the profile",
                                   [](const Profile& profile) { return !described_operations(profile).empty(); })},
                    .cases = each_described,
                    .sends = described_alone}});
}

}  // namespace gateproof::suites
