#include "suites/shared/subjects.hpp"

#include <algorithm>
#include <cctype>

#include "harness/run/context.hpp"
#include "harness/run/tokens.hpp"
#include "harness/text/ascii.hpp"
#include "suites/shared/machine_token.hpp"
#include "suites/shared/technical_fault.hpp"

namespace gateproof::suites {

using boost::asio::awaitable;

namespace {

bool is_authorization(std::string_view header) {
    return same_ignoring_case(header, "authorization");
}

HttpRequest private_request(Context& ctx, const Operation& operation, std::shared_ptr<const Identity> identity) {
    HttpRequest request = ctx.request_of(operation);
    request.identity = std::move(identity);
    request.answer_is_private = true;
    request.trust = ctx.trust_for(request.endpoint);
    return request;
}

}  // namespace

awaitable<Credential> credential_of(Context& ctx, std::string subject) {
    Credential credential;
    credential.identity = ctx.serving_identity();
    if (subject == "tds") {
        credential.identity = ctx.identity("tds");
    }
    if (subject == "certificate" || subject == "tds") {
        co_return credential;
    }
    if (subject == "m2m") {
        const TimeSpan now = co_await ctx.times();
        const std::optional<std::string> token = machine_token(*ctx.profile().machine, now);
        if (token) {
            ctx.keep_secret(*token);
            credential.authorization = *token;
        } else {
            credential.problem = "the machine's key does not sign";
        }
        co_return credential;
    }
    const AccessToken token = co_await ctx.access_token(std::move(subject));
    credential.authorization = token.ok() ? "Bearer " + token.value : "";
    credential.problem = token.problem;
    co_return credential;
}

Operation addressed(const Operation& operation, const Placeholders& with, const std::string& authorization) {
    Operation filled = operation;
    filled.path = filled_in(operation.path, with);
    filled.body = filled_in(operation.body, with);
    std::erase_if(filled.headers, [](const auto& header) { return is_authorization(header.first); });
    if (!authorization.empty()) {
        filled.headers["Authorization"] = authorization;
    }
    return filled;
}

Operation operation_of(const Profile& profile, const PermissionCase& one, const std::string& authorization) {
    return operation_of(profile, one, one.with, authorization);
}

Operation operation_of(const Profile& profile, const PermissionCase& one, const Placeholders& with,
                       const std::string& authorization) {
    return addressed(profile.operations.at(one.operation), with, authorization);
}

bool only_reads(const Operation& operation) {
    return operation.reads || operation.method == "GET" || operation.method == "HEAD";
}

awaitable<HttpOutcome> ask(Context& ctx, const Operation& operation, std::shared_ptr<const Identity> identity) {
    HttpRequest request = private_request(ctx, operation, std::move(identity));
    request.keep_connection = true;
    const bool reads = only_reads(operation);
    const auto once = [&] { return http_past_technical_faults(ctx, request, reads); };
    const auto again = [reads](const HttpOutcome& outcome) { return reads && ended_by_cut(outcome); };
    HttpOutcome outcome = co_await until_answered(once, again);
    co_return outcome;
}

awaitable<Answer> ask_and_read(Context& ctx, const Operation& operation, std::shared_ptr<const Identity> identity,
                               const ErrorModel& model) {
    const HttpOutcome outcome = co_await ask(ctx, operation, std::move(identity));
    co_return answer_of(outcome, operation, model);
}

awaitable<Tries> try_refused(Context& ctx, const Operation& operation, std::shared_ptr<const Identity> identity,
                             const ErrorModel& model, const Endpoint* elsewhere) {
    HttpRequest request = private_request(ctx, operation, std::move(identity));
    if (elsewhere != nullptr) {
        request.endpoint = *elsewhere;
        request.trust = ctx.trust_for(request.endpoint);
    }
    Tries tries(Tries::Ask::counted);
    while (co_await asks_on(ctx, tries)) {
        const HttpOutcome outcome = co_await http_past_technical_faults(ctx, request, only_reads(operation));
        tries.add(answer_of(outcome, operation, model));
        if (tries.served() || (tries.last_was_cut() && !only_reads(operation))) {
            break;
        }
    }
    note_tries(ctx, tries);
    co_return tries;
}

awaitable<CaseAnswer> ask_case(Context& ctx, const PermissionCase& one) {
    CaseAnswer answer;
    const Credential credential = co_await credential_of(ctx, one.subject);
    if (!credential.problem.empty()) {
        answer.problem = credential.problem;
        co_return answer;
    }
    const Operation operation = operation_of(ctx.profile(), one, credential.authorization);
    answer.outcome = co_await ask(ctx, operation, credential.identity);
    answer.reading = answer_of(answer.outcome, operation, *ctx.profile().permissions.model_of(one));
    co_return answer;
}

awaitable<AskedCase> ask_as_it_stands(Context& ctx, const PermissionCase& one) {
    AskedCase asked;
    asked.credential = co_await credential_of(ctx, one.subject);
    if (asked.credential.problem.empty()) {
        asked.operation = operation_of(ctx.profile(), one, asked.credential.authorization);
        const ErrorModel& model = *ctx.profile().permissions.model_of(one);
        asked.good = co_await ask_and_read(ctx, asked.operation, asked.credential.identity, model);
    }
    co_return asked;
}

awaitable<TriedCase> try_case(Context& ctx, const PermissionCase& one) {
    TriedCase tried;
    const Credential credential = co_await credential_of(ctx, one.subject);
    tried.problem = credential.problem;
    if (credential.problem.empty()) {
        const Operation operation = operation_of(ctx.profile(), one, credential.authorization);
        const ErrorModel& model = *ctx.profile().permissions.model_of(one);
        tried.tries = co_await try_refused(ctx, operation, credential.identity, model);
    }
    co_return tried;
}

}  // namespace gateproof::suites
