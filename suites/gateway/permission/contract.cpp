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
using SchemaKind = MessageSchema::Kind;

/// An operation whose answers are described, and who can ask for it.
struct Described {
    const Operation* operation = nullptr;
    const PermissionCase* own = nullptr;      ///< a case that is served; null: nobody's
    const PermissionCase* refused = nullptr;  ///< one that must not be
};

std::vector<Described> described_operations(const Profile& profile, SchemaKind kind) {
    std::vector<Described> all;
    for (const auto& [name, operation] : profile.operations) {
        if (!operation.schema || operation.schema->kind != kind) {
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

template <SchemaKind kind>
std::vector<CheckCase> each_described(const Profile& profile) {
    std::vector<CheckCase> cases;
    for (const Described& one : described_operations(profile, kind)) {
        const Operation& operation = *one.operation;
        std::string name = operation.name;
        std::ranges::replace(name, '_', '-');  // names of cases have none
        cases.push_back({std::move(name),
                         fmt::format("{} {} by {}", operation.method, operation.path, operation.schema->source),
                         unmet_by(one, profile)});
    }
    return cases;
}

template <SchemaKind kind>
std::vector<const Operation*> described_alone(const Profile& profile) {
    std::vector<const Operation*> sent;
    for (const Described& one : described_operations(profile, kind)) {
        if (one.own == nullptr) {
            sent.push_back(one.operation);
        }
    }
    return sent;
}

AnswerFinding beside_its_description(const Operation& operation, const HttpResponse& answer) {
    const MessageSchema& schema = *operation.schema;
    switch (schema.kind) {
        case SchemaKind::xsd: return schema.schemas->judge_envelope(answer.body);
        case SchemaKind::wsdl: return judge_served_wsdl(*schema.wsdl, answer.body);
        case SchemaKind::open_api: break;
    }
    return schema.description->judge_answer(operation.method, schema.path, answer.status, answer.body);
}

DescribedAnswer compared(std::string_view what, HttpOutcome outcome, const Operation& operation) {
    DescribedAnswer answer{what, std::move(outcome), {}, {}};
    if (not_comparable(answer.outcome).empty()) {
        answer.finding = beside_its_description(operation, *answer.outcome.response);
    }
    return answer;
}

/// The first answer, and whether it is one of a success.
DescribedAnswer first_answer(HttpOutcome outcome, const Operation& operation, const ErrorModel* model) {
    DescribedAnswer answer = compared("the answer", std::move(outcome), operation);
    const bool served =
        model == nullptr ? answer.outcome.served(operation) : answer_of(answer.outcome, operation, *model).served();
    if (!served) {
        answer.unserved = answer.outcome.summary();
    } else if (operation.schema->kind == SchemaKind::xsd) {
        answer.unserved = answer.finding.silent;  // what is served has its message in an envelope
    }
    return answer;
}

template <SchemaKind kind>
awaitable<Verdict> answers_fit(Context& ctx) {
    const Profile& profile = ctx.profile();
    const Described one = described_operations(profile, kind).at(ctx.case_index());
    const Operation& operation = *one.operation;
    const std::string& source = operation.schema->source;
    if (!operation.schema->was_read()) {
        co_return Verdict::inconclusive("the description {} was not read", source);
    }
    std::vector<DescribedAnswer> answers;
    if (one.own == nullptr) {
        HttpOutcome outcome = co_await ask(ctx, operation, ctx.serving_identity());
        answers.push_back(first_answer(std::move(outcome), operation, nullptr));
        co_return judge_described(answers, source);
    }
    const Credential credential = co_await credential_of(ctx, one.own->subject);
    if (!credential.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", credential.problem);
    }
    const Operation good = operation_of(profile, *one.own, credential.authorization);
    HttpOutcome outcome = co_await ask(ctx, good, credential.identity);
    answers.push_back(first_answer(std::move(outcome), operation, profile.permissions.model_of(*one.own)));
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
    co_return judge_described(answers, source);
}

template <SchemaKind kind>
bool has_described(const Profile& profile) {
    return !described_operations(profile, kind).empty();
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
    if (const std::string& why = answers.front().unserved; !why.empty()) {
        return Verdict::inconclusive("the request is not served ({}), so the answer of a success was not seen", why);
    }
    if (fitting.empty()) {
        return Verdict::not_tried("{} says nothing of what came: {}", source, fmt::join(silent, "; "));
    }
    Verdict verdict = Verdict::pass("as {} has it: {}", source, fmt::join(fitting, ", "));
    return silent.empty() ? verdict : std::move(verdict).adding(fmt::format("{}", fmt::join(silent, "; ")));
}

std::vector<Check> permission_contract_checks() {
    return checks(
        {.intrusiveness = Intrusiveness::active},
        {{.id = "permission.rest-answers-as-described",
          .title = "Answers and errors of a REST service must be as its published document has them",
          .requirements = {decides("REST-SCHEMA")},
          .run = answers_fit<SchemaKind::open_api>,
          .channels = {Channel::cloud},
          .needs = {need("description of an operation's answers",
                         "needs the published OpenAPI document of a service; give the operation \"schema\": "
                         "{\"openapi\": FILE} in the profile",
                         has_described<SchemaKind::open_api>)},
          .cases = each_described<SchemaKind::open_api>,
          .sends = described_alone<SchemaKind::open_api>},
         {.id = "permission.soap-answers-as-described",
          .title = "Answers and errors of a SOAP service must be as its published schemas have them",
          .requirements = {decides("SOAP-XSD")},
          .run = answers_fit<SchemaKind::xsd>,
          .needs = {need("schemas of a SOAP read's answers",
                         "needs the published schema files of a SOAP service; give the operation \"schema\": "
                         "{\"xsd\": [FILE, ...]} in the profile",
                         has_described<SchemaKind::xsd>)},
          .cases = each_described<SchemaKind::xsd>,
          .sends = described_alone<SchemaKind::xsd>},
         {.id = "permission.wsdl-as-published",
          .title = "What a SOAP service says of itself must have the operations of its published WSDL",
          .requirements = {decides("SOAP-WSDL")},
          .run = answers_fit<SchemaKind::wsdl>,
          .intrusiveness = Intrusiveness::passive,
          .needs = {need("published WSDL of a SOAP service",
                         "needs the published WSDL of a SOAP service; give the operation that asks for ?singleWsdl "
                         "\"schema\": {\"wsdl\": FILE} in the profile",
                         has_described<SchemaKind::wsdl>)},
          .cases = each_described<SchemaKind::wsdl>,
          .sends = described_alone<SchemaKind::wsdl>}});
}

}  // namespace gateproof::suites
