// SOAP-ORDER, SOAP-ACTION, REST-METHOD, STATUS-ALL: requests are taken as the build packs print them, and in their
// order.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/probe/http/answer_value.hpp"
#include "harness/probe/oauth/oauth.hpp"
#include "harness/run/context.hpp"
#include "harness/run/tokens.hpp"
#include "suites/gateway/permission/messages.hpp"
#include "suites/gateway/permission/needs.hpp"
#include "suites/gateway/permission/suite.hpp"
#include "suites/shared/needs.hpp"
#include "suites/shared/subjects.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

CaseList soap_cases(const Profile& profile) {
    return token_cases_with(profile, [](const Operation& operation, const ErrorModel& model) {
        return model.invalid_token && without_message(operation.body);
    });
}

CaseList action_cases(const Profile& profile) {
    return token_cases_with(profile, [](const Operation& operation, const ErrorModel&) {
        return without_message(operation.body) && xml_value(operation.body, std::string(action_xpath));
    });
}

CaseList platform_cases(const Profile& profile) {
    return token_cases_with(profile, [](const Operation& operation, const ErrorModel& model) {
        return model.not_onboarded && only_reads(operation) && of_other_platform(operation.body, "x");
    });
}

CaseList posted_cases(const Profile& profile) {
    return token_cases_with(profile, [](const Operation& operation, const ErrorModel&) {
        return operation.method == "POST" && operation.reads && !without_message(operation.body);
    });
}

awaitable<Verdict> schema_after_authentication(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *soap_cases(profile).at(ctx.case_index());
    const ErrorModel& model = *profile.permissions.model_of(one);
    const Credential credential = co_await credential_of(ctx, one.subject);
    if (!credential.problem.empty()) {
        co_return Verdict::inconclusive("there is no good token to compare with: {}", credential.problem);
    }
    MessageAnswers answers;
    for (const bool good_token : {true, false}) {
        for (const bool good_message : {true, false}) {
            const std::string bad = "Bearer " + oauth::random_text(32);
            const std::string authorization = good_token ? credential.authorization : bad;
            Operation operation = operation_of(profile, one, authorization);
            if (!good_message) {
                operation.body = without_message(operation.body).value_or("");
            }
            Answer& answer = good_token ? (good_message ? answers.good : answers.bad_message)
                                        : (good_message ? answers.bad_token : answers.bad_both);
            answer = co_await ask_and_read(ctx, operation, credential.identity, model);
        }
    }
    co_return judge_schema_order(answers, model);
}

awaitable<Verdict> action_answered(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *action_cases(profile).at(ctx.case_index());
    const CaseAnswer answer = co_await ask_case(ctx, one);
    if (!answer.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", answer.problem);
    }
    if (!answer.reading.served()) {
        co_return Verdict::inconclusive("the request is not served, so its answer says nothing of answers: {}",
                                        answer.reading.summary);
    }
    const std::string xpath(action_xpath);
    const std::string asked = xml_value(operation_of_case(profile, one)->body, xpath).value_or("");
    co_return judge_action(asked, xml_value(answer.outcome.response->body, xpath).value_or(""));
}

awaitable<Verdict> other_platform_refused(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *platform_cases(profile).at(ctx.case_index());
    const ErrorModel& model = *profile.permissions.model_of(one);
    AskedCase asked = co_await ask_as_it_stands(ctx, one);
    if (!asked.credential.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", asked.credential.problem);
    }
    Operation& operation = asked.operation;
    operation.body = of_other_platform(operation.body, "Gateproof-" + oauth::random_text(6)).value_or("");
    const Tries tries = co_await try_refused(ctx, operation, asked.credential.identity, model);
    const Answer shape = co_await ask_and_read(ctx, operation, asked.credential.identity, model);
    co_return judge_other_platform(asked.good, tries, shape, model);
}

awaitable<Verdict> posted_read_by_get(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *posted_cases(profile).at(ctx.case_index());
    const ErrorModel& model = *profile.permissions.model_of(one);
    AskedCase asked = co_await ask_as_it_stands(ctx, one);
    if (!asked.credential.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", asked.credential.problem);
    }
    Operation& operation = asked.operation;
    operation.method = "GET";
    const HttpOutcome outcome = co_await ask(ctx, operation, asked.credential.identity);
    Answer got = answer_of(outcome, operation, model);
    if (got.served() && !outcome.served(operation)) {
        got.kind = Answer::Kind::unclear;  // a page of whoever answers there is not what was asked for
    }
    co_return judge_get(asked.good, got);
}

/// Operations that ask a service for its state, beside the control: those whose path ends in /status. One with
/// placeholders asks for the state of something else.
std::vector<const Operation*> status_operations(const Profile& profile) {
    std::vector<const Operation*> chosen;
    for (const auto& [name, operation] : profile.operations) {
        const std::string_view path = std::string_view(operation.path).substr(0, operation.path.find('?'));
        const bool of_service = placeholders_in(operation.path).empty() && path.ends_with("/status");
        if (operation.method == "GET" && of_service && name != profile.control) {
            chosen.push_back(&operation);
        }
    }
    return chosen;
}

std::vector<CheckCase> each_status(const Profile& profile) {
    std::vector<CheckCase> cases;
    for (const Operation* operation : status_operations(profile)) {
        std::string name = operation->name;
        std::ranges::replace(name, '_', '-');  // names of cases have none
        cases.push_back({std::move(name), fmt::format("{} {}", operation->method, operation->path)});
    }
    return cases;
}

awaitable<Verdict> status_served(Context& ctx) {
    const Operation& operation = *status_operations(ctx.profile()).at(ctx.case_index());
    const HttpOutcome outcome = co_await ask(ctx, operation, ctx.serving_identity());
    co_return judge_status(outcome, operation);
}

}  // namespace

std::optional<OperationElement> operation_element(std::string_view envelope) {
    const auto tag_name = [](std::string_view tag) {
        return tag.substr(0, std::min(tag.find_first_of(" \t\r\n/>"), tag.size()));
    };
    std::size_t begin = envelope.find('<');
    bool in_body = false;
    while (begin != std::string_view::npos) {
        const std::string_view name = tag_name(envelope.substr(begin + 1));
        const std::size_t end = envelope.find('>', begin);
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        if (in_body) {
            const std::size_t closing = envelope.rfind(fmt::format("</{}>", name));
            return name.empty() || closing == std::string_view::npos || closing <= end
                       ? std::nullopt
                       : std::optional(OperationElement{begin + 1, name.size(), end + 1, closing});
        }
        in_body = name == "Body" || name.ends_with(":Body");
        begin = envelope.find('<', end);
    }
    return std::nullopt;
}

std::optional<std::string> without_message(std::string_view envelope) {
    const std::optional<OperationElement> element = operation_element(envelope);
    return element ? std::optional(std::string(envelope.substr(0, element->content_at)) +
                                   std::string(envelope.substr(element->closing_at)))
                   : std::nullopt;
}

std::optional<std::string> of_other_platform(std::string_view envelope, std::string_view platform) {
    constexpr std::string_view name = "softwarePlatform>";
    const std::size_t at = envelope.find(name);
    const std::size_t begin = at + name.size();
    const std::size_t end = at == std::string_view::npos ? at : envelope.find("</", begin);
    if (end == std::string_view::npos || envelope.substr(end, 64).find(name) == std::string_view::npos) {
        return std::nullopt;
    }
    return std::string(envelope.substr(0, begin)) + std::string(platform) + std::string(envelope.substr(end));
}

Verdict judge_other_platform(const Answer& good, const Tries& tries, const Answer& shape, const ErrorModel& model) {
    return judge_refused_for(
        good, tries, shape,
        {.what = "a request of software that was not onboarded",
         .reason = *model.not_onboarded,
         .remedy =
             "take requests of onboarded providers and platforms alone, and refuse others with the code that says "
             "so",
         .remedy_of_another = "refuse it with the documented code: with another, people look for a fault in their "
                              "login or delegation"});
}

Verdict judge_schema_order(const MessageAnswers& answers, const ErrorModel& model) {
    if (!answers.good.served()) {
        return Verdict::inconclusive("the request itself is not served, so its refusals prove nothing: {}",
                                     answers.good.summary);
    }
    const auto says_bad_token = [&model](const Answer& answer) {
        return model.invalid_token && matches(answer, *model.invalid_token);
    };
    if (answers.bad_token.served()) {
        return Verdict::skipped("a bad token is served ({}), which another check judges", answers.bad_token.summary);
    }
    if (!says_bad_token(answers.bad_token)) {
        return Verdict::inconclusive(
            "a bad token with a good message is not answered as documented ({}), which "
            "another check judges",
            answers.bad_token.summary);
    }
    constexpr std::array nothing_said{0, 429, 502, 503, 504};  // of the message
    if (std::ranges::find(nothing_said, answers.bad_message.status) != nothing_said.end()) {
        return Verdict::inconclusive("a message without its content: {}, which does not say that it was looked at",
                                     answers.bad_message.summary);
    }
    if (answers.bad_message.served() || says_bad_token(answers.bad_message)) {
        return Verdict::inconclusive(
            "a message without its content is answered with {}: it is not told from a good one",
            answers.bad_message.summary);
    }
    if (says_bad_token(answers.bad_both)) {
        return Verdict::pass("a bad message is answered with {}, and with {} where the token is bad too",
                             answers.bad_message.summary, answers.bad_both.summary);
    }
    const bool same = answers.bad_both.status != 0 && answers.bad_both.status == answers.bad_message.status &&
                      answers.bad_both.code == answers.bad_message.code;
    if (answers.bad_both.served() || same) {
        return Verdict::fail("a bad message under a bad token is answered with {}, as if the token were good",
                             answers.bad_both.summary)
            .remedy("judge the token before the message is looked at: what the schema has is nobody's business before");
    }
    return Verdict::inconclusive("a bad message under a bad token: {}, which is neither of the two refusals",
                                 answers.bad_both.summary);
}

Verdict judge_action(std::string_view asked, std::string_view answered) {
    const std::string expected = std::string(asked) + "Response";
    if (answered == expected) {
        return Verdict::pass("the answer carries the Action of the request with \"Response\" behind it");
    }
    constexpr const char* remedy =
        "put the request's Action and \"Response\" into the header of the answer: clients that follow WS-Addressing "
        "(WCF among them) take no other";
    return answered.empty()
               ? Verdict::fail("the answer carries no WS-Addressing Action; documented is {}", expected).remedy(remedy)
               : Verdict::fail("the answer carries another Action than {}", expected).remedy(remedy);
}

Verdict judge_get(const Answer& posted, const Answer& got) {
    if (!posted.served()) {
        return Verdict::inconclusive("the request is not served by POST either: {}", posted.summary);
    }
    if (got.served()) {
        return Verdict::warning("what is documented as a POST is served by GET too ({})", got.summary)
            .remedy("refuse other methods (405): what is asked by GET ends in the logs and caches of intermediaries");
    }
    // A token that has expired meanwhile, a limit or a login page refuse something else than the method.
    if (!refuses_method(got.status)) {
        return Verdict::inconclusive("by GET: {}, which is neither service nor a refusal", got.summary);
    }
    return Verdict::pass("refused by GET ({}), served by POST ({})", got.summary, posted.summary);
}

Verdict judge_status(const HttpOutcome& outcome, const Operation& operation) {
    if (outcome.served(operation)) {
        return Verdict::pass("served ({})", outcome.summary());
    }
    if (!outcome.response || outcome.response->status >= 500 || outcome.response->status == 429) {
        return Verdict::inconclusive("{}", outcome.summary());
    }
    return Verdict::fail("the status is answered with {}", outcome.summary())
        .remedy(
            "offer the status operation of each service, so that clients can tell an outage from a fault of theirs; "
            "or take out of the profile what this environment does not have");
}

std::vector<Check> permission_message_checks() {
    return checks(
        {.requirements = {decides("SOAP-ORDER")}, .intrusiveness = Intrusiveness::active},
        {{.id = "permission.schema-after-authentication",
          .title = "A bad token must be refused as such, however bad the message is",
          .run = schema_after_authentication,
          .needs = {case_among<soap_cases>("SOAP request that a token opens",
                                           "needs a SOAP request that a user's token opens; give permissions.cases one "
                                           "of kind own with a SOAP envelope in the profile")},
          .cases = cases_as_described<soap_cases>},
         {.id = "permission.soap-action-answered",
          .title = "A SOAP answer must carry the Action of its request with Response behind it",
          .requirements = {decides("SOAP-ACTION")},
          .run = action_answered,
          .intrusiveness = Intrusiveness::passive,
          .needs = {case_among<action_cases>("SOAP request with an Action",
                                             "needs a SOAP request with a WS-Addressing Action that a user's token "
                                             "opens; give permissions.cases one of kind own in the profile")},
          .cases = cases_as_described<action_cases>},
         {.id = "permission.other-platform-refused",
          .title = "Software that was not onboarded must be refused as such",
          .requirements = {adds("DELEG-ERROR")},
          .run = other_platform_refused,
          .mock_lacks = "it knows nobody's software, as far as is published",
          .needs = {case_among<platform_cases>("SOAP read that names its software",
                                               "needs a SOAP request that only reads and names its softwarePlatform; "
                                               "give permissions.cases one of kind own, whose operation has reads: "
                                               "true, in the profile")},
          .cases = cases_as_described<platform_cases>},
         {.id = "permission.posted-read-by-get-refused",
          .title = "What is documented as a POST must be refused by GET",
          .requirements = {decides("REST-METHOD")},
          .run = posted_read_by_get,
          .channels = {Channel::cloud},
          .needs = {case_among<posted_cases>("posted request that a token opens",
                                             "needs a read by POST, and not a SOAP one, that a user's token opens; "
                                             "give permissions.cases one of kind own whose operation has reads: true "
                                             "in the profile")},
          .cases = cases_as_described<posted_cases>},
         {.id = "permission.status-served",
          .title = "The status of each service must be served",
          .requirements = {decides("STATUS-ALL")},
          .run = status_served,
          .intrusiveness = Intrusiveness::passive,
          .channels = {Channel::cloud},
          .mock_lacks = no_status,
          .needs = {need("status of a service",
                         "needs the status operation of a service beside the control; give operations a GET whose path "
                         "ends in /status in the profile",
                         [](const Profile& profile) { return !status_operations(profile).empty(); })},
          .cases = each_status}});
}

}  // namespace gateproof::suites
