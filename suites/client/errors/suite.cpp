#include "suites/client/errors/suite.hpp"

#include <array>
#include <iterator>
#include <utility>

#include "suites/client/cases.hpp"
#include "suites/client/errors/answers.hpp"
#include "suites/client/errors/judge.hpp"
#include "suites/client/judge.hpp"

namespace gateproof::suites {

namespace {

using boost::asio::awaitable;
using stage::Callers;

constexpr std::string_view look_first =
    "look at the status and at what the answer says before its content is used, and report a failure as one";

SceneChange answered(stage::AnswerAct act) {
    return every_answer(std::move(act));
}

std::vector<ShownCase> one_case(stage::AnswerAct act) {
    return {{{}, {}, Twin::conforming, answered(std::move(act))}};
}

/// Services of the other kind were answered as ever, so that nothing follows.
Verdict calls_others(Callers callers) {
    return callers == Callers::soap ? Verdict::skipped("what it reads is no SOAP service")
                                    : Verdict::skipped("what it reads is a SOAP service");
}

Verdict forbidden_told(const Attempt& attempt, const ClientContext&) {
    if (calls_none_of(attempt, Callers::rest)) {
        return calls_others(Callers::rest);
    }
    return judge_refusal_told(
        attempt,
        {"that it may not do that",
         "take what is forbidden (EV1022, TDS200) for an answer: it is the same each time, until somebody delegates"},
        1);
}

Verdict soap_forbidden_told(const Attempt& attempt, const ClientContext&) {
    if (calls_none_of(attempt, Callers::soap)) {
        return calls_others(Callers::soap);
    }
    return judge_refusal_told(attempt,
                              {"that it may not do that (SOAP status code 4)",
                               "take status code 4 for an answer: it is the same each time, until somebody delegates"},
                              1);
}

Verdict soap_error_noticed(const Attempt& attempt, const ClientContext&) {
    if (calls_none_of(attempt, Callers::soap)) {
        return calls_others(Callers::soap);
    }
    return judge_not_taken(attempt, {"a SOAP answer whose status code says that it failed",
                                     "look at statusCode in every SOAP answer, whatever the HTTP status is"});
}

Verdict invalid_told(const Attempt& attempt, const ClientContext&) {
    if (calls_none_of(attempt, Callers::rest)) {
        return calls_others(Callers::rest);
    }
    return judge_refusal_told(
        attempt, {"that its call is not valid", "do not make a call again that was refused for what it says"}, 1);
}

Verdict reads_description() {
    return Verdict::skipped("what it reads is the description of a SOAP service, which has neither tokens nor codes");
}

Verdict unknown_code_noticed(const Attempt& attempt, const ClientContext&) {
    if (reads_descriptions(attempt)) {
        return reads_description();
    }
    return judge_not_taken(attempt, {"an error whose code nobody knows", look_first});
}

Verdict token_refusal_bounded(const Attempt& attempt, const ClientContext&) {
    if (reads_descriptions(attempt)) {
        return reads_description();
    }
    return judge_refusal_told(
        attempt,
        {"that its token is not good", "get a new token once, try once more with it, and then ask for a login"}, 2);
}

Verdict server_error_bounded(const Attempt& attempt, const ClientContext& ctx) {
    return judge_server_error(attempt, static_cast<std::size_t>(ctx.client().retries) + 1);
}

Verdict expansion_outlived(const Attempt& attempt, const ClientContext&) {
    return judge_outlived(attempt, {"XML whose entities are a thousand million letters",
                                    "let the XML parser take no document types, or bound what entities may become"});
}

Verdict depth_outlived(const Attempt& attempt, const ClientContext&) {
    return judge_outlived(attempt, {"an answer that is 100,000 levels deep",
                                    "bound how deep an answer may be before it is parsed, or use a parser that does"});
}

Verdict other_customer_noticed(const Attempt& attempt, const ClientContext&) {
    if (!reads_customer(attempt)) {
        return Verdict::skipped("it reads no record of a customer");
    }
    return judge_not_taken(attempt,
                           {"the record of another customer",
                            "compare the number in an answer with the one that was asked for, before it is shown"},
                           Outcome::warning);
}

awaitable<Verdict> macrons_kept(ClientContext& ctx) {
    stage::Scene scene = ctx.twin();
    stage::AnswerAct act;
    act.written_by = &with_macrons;
    scene.answers = {std::move(act)};
    scene.every_answer = true;
    const Attempt attempt = co_await ctx.attempt(std::move(scene), ClientAct::write);
    co_return judge_name_kept(attempt);
}

std::vector<ShownCase> about_others() {
    stage::AnswerAct act;
    act.written_by = &about_another;
    return one_case(std::move(act));
}

/// Build packs, 5.1: the token, something unknown, and what failed validation.
std::vector<ShownCase> soap_failures() {
    return {
        {"code-1", "Status code 1: the token is not good", Twin::conforming, answered(refused_by_soap(1))},
        {"code-minus-1", "Status code -1: an unknown error", Twin::conforming, answered(refused_by_soap(-1))},
        {"code-21", "Status code 21: the message failed validation", Twin::conforming, answered(refused_by_soap(21))}};
}

std::vector<ShownCase> invalid_calls() {
    return {{"invalid", "400 EV1100, or what the service has for it", Twin::conforming, answered(invalid())},
            {"check-digit", "400 EV2234, or what the service has for it", Twin::conforming, answered(check_digit())},
            {"unknown", "400 CST404, or what the service has for it", Twin::conforming, answered(unknown_record())}};
}

/// What stands before the gateway answers in pages.
std::vector<ShownCase> pages() {
    return {{"status-502", "502 with a page", Twin::conforming, answered(paged(502, "Bad Gateway"))},
            {"status-504", "504 with a page", Twin::conforming, answered(paged(504, "Gateway Timeout"))},
            {"login", "200 with a page to log in", Twin::conforming, answered(paged(200, "Log in"))},
            {"splash", "200 with a page that asks for other credentials", Twin::conforming,
             answered(paged(200, "Testing environment"))}};
}

std::vector<ShownCase> empty_answers() {
    return {{"status-200", "200 and no content", Twin::conforming, answered(empty(200))},
            {"status-204", "204", Twin::conforming, answered(empty(204))}};
}

struct Reference {
    std::string_view name;
    std::string_view title;
    stage::AnswerWriter writer;
};

constexpr std::array references{Reference{"document-type", "A document type that lies elsewhere", &with_document_type},
                                Reference{"entity", "An entity that lies elsewhere", &with_entity},
                                Reference{"schema", "A schema that lies elsewhere", &with_schema}};

std::vector<CheckCase> cases_of_references(const Profile&) {
    return cases_from(references);
}

awaitable<Verdict> nothing_fetched(ClientContext& ctx) {
    stage::Scene scene = ctx.twin();
    stage::AnswerAct act;
    act.carried_out = false;
    act.said = stage::Answer{};
    act.written_by = references.at(ctx.case_index()).writer;
    scene.answers = {std::move(act)};
    scene.every_answer = true;
    std::vector<stage::Door> doors;
    doors.push_back({.name = std::string(canary_door)});
    const Attempt attempt = co_await ctx.attempt(std::move(scene), ClientAct::read, std::move(doors));
    co_return judge_untouched(attempt);
}

std::vector<CheckRow> refusal_rows() {
    return {{.id = "client-errors.forbidden-not-repeated",
             .title = "What is forbidden is told, and not asked for again",
             .requirements = {decides("CLIENT-PERMISSION")},
             .run = looks_at_each(&forbidden_told, one_case(forbidden())),
             .channels = {Channel::cloud}},
            {.id = "client-errors.soap-forbidden-not-repeated",
             .title = "What SOAP status code 4 forbids is told, and not asked for again",
             .requirements = {decides("CLIENT-PERMISSION")},
             .run = looks_at_each(&soap_forbidden_told, one_case(refused_by_soap(4)))},
            {.id = "client-errors.soap-error-noticed",
             .title = "A SOAP answer of status 200 that says that it failed is a failure",
             .requirements = {decides("CLIENT-ERRORS")},
             .run = looks_at_each(&soap_error_noticed, soap_failures()),
             .cases = cases_of(soap_failures())},
            {.id = "client-errors.unauthorised-bounded",
             .title = "With a token that is refused it tries again once at most",
             .requirements = {decides("CLIENT-ERRORS")},
             .run = looks_at_each(&token_refusal_bounded, one_case(token_refused()))},
            {.id = "client-errors.invalid-not-repeated",
             .title = "A call that is not valid is told, and not made again",
             .requirements = {decides("CLIENT-ERRORS")},
             .run = looks_at_each(&invalid_told, invalid_calls()),
             .channels = {Channel::cloud},
             .cases = cases_of(invalid_calls())},
            {.id = "client-errors.server-error-bounded",
             .title = "A call that failed in the gateway is made again a few times at most, and not at once",
             .requirements = {decides("CLIENT-ERRORS")},
             .run = looks_at_each(&server_error_bounded, one_case(server_error()))},
            {.id = "client-errors.unknown-code",
             .title = "An error that nobody knows is a failure",
             .requirements = {decides("CLIENT-ERRORS")},
             .run = looks_at_each(&unknown_code_noticed, one_case(of_nobody()))}};
}

std::vector<CheckRow> content_rows() {
    return {{.id = "client-errors.page-not-taken",
             .title = "A page for humans is not taken for an answer",
             .requirements = {decides("CLIENT-ERRORS")},
             .run = is_not_taken({"a page for humans", look_first}, pages()),
             .cases = cases_of(pages())},
            {.id = "client-errors.empty-noticed",
             .title = "An empty answer to a query is not taken for one",
             .requirements = {decides("CLIENT-ERRORS")},
             .run = is_not_taken({"an empty answer", look_first}, empty_answers()),
             .cases = cases_of(empty_answers())},
            {.id = "client-errors.other-customer-noticed",
             .title = "The record of another customer is not taken",
             .requirements = {decides("CLIENT-ERRORS")},
             .run = looks_at_each(&other_customer_noticed, about_others()),
             .channels = {Channel::cloud}},
            {.id = "client-errors.other-content-type",
             .title = "Content of another type than it is said to be is a failure",
             .requirements = {adds("CLIENT-ERRORS")},
             .run = is_not_taken({"content of another type than it was said to be", look_first},
                                 one_case(mislabelled()), Outcome::warning)},
            {.id = "client-errors.macrons-kept",
             .title = "A name with macrons comes back as it was",
             .requirements = {adds("CLIENT-ERRORS")},
             .run = ClientCheck{&macrons_kept},
             .channels = {Channel::cloud},
             .needs = {able_to(ClientAct::write)}},
            {.id = "client-errors.external-entity-not-fetched",
             .title = "Nothing that an XML answer refers to is fetched",
             .requirements = {decides("CLIENT-INPUT")},
             .run = ClientCheck{&nothing_fetched},
             .cases = &cases_of_references},
            {.id = "client-errors.entity-expansion-bounded",
             .title = "XML whose entities grow without bound is outlived",
             .requirements = {decides("CLIENT-INPUT")},
             .run = looks_at_each(&expansion_outlived, one_case(expanding()))},
            {.id = "client-errors.deep-document-bounded",
             .title = "An answer that is 100,000 levels deep is outlived",
             .requirements = {decides("CLIENT-INPUT")},
             .run = looks_at_each(&depth_outlived, one_case(bottomless()))}};
}

}  // namespace

Suite client_errors_suite() {
    const CheckFamily family{.intrusiveness = Intrusiveness::active, .needs = {able_to(ClientAct::read)}};
    Suite suite{"client-errors", "How client software takes a no", checks(family, refusal_rows())};
    std::vector<Check> more = checks(family, content_rows());
    std::ranges::move(more, std::back_inserter(suite.checks));
    return suite;
}

}  // namespace gateproof::suites
