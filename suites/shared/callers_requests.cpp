// Requests with one identity and another. What came of them is judged in callers.cpp, which needs no endpoint.
#include <utility>

#include "harness/run/context.hpp"
#include "suites/shared/callers.hpp"

namespace gateproof::suites {

using boost::asio::awaitable;

namespace {

awaitable<HttpOutcome> answer_to(Context& ctx, HttpRequest request) {
    const auto ask = [&] { return ctx.http(request); };
    HttpOutcome outcome = co_await until_answered(ask, ended_by_cut);
    co_return outcome;
}

/// A reset of what is served otherwise makes resets no refusal in all of the run.
awaitable<HttpOutcome> answer_to_ourselves(Context& ctx, HttpRequest request, const Operation& operation) {
    HttpOutcome outcome = co_await ctx.http(request);
    if (ended_by_cut(outcome)) {
        outcome = co_await answer_to(ctx, std::move(request));
        if (outcome.served(operation)) {
            ctx.note_service_reset();
        }
    }
    co_return outcome;
}

}  // namespace

awaitable<std::vector<VersionOutcome>> try_under_versions(Context& ctx, const Operation& operation,
                                                          std::shared_ptr<const Identity> identity,
                                                          std::shared_ptr<const Identity> ourselves) {
    std::vector<VersionOutcome> outcomes;
    for (const TlsVersion version : served_versions) {
        VersionOutcome outcome;
        outcome.version = version;
        HttpRequest request = ctx.request_of(operation);
        request.min_version = version;
        request.max_version = version;
        HttpRequest other = request;
        other.identity = identity;
        request.identity = ourselves;
        outcome.ourselves = co_await answer_to_ourselves(ctx, request, operation);
        if (outcome.ourselves.served(operation)) {
            outcome.tried = TriedRequest{{}, Tries(Tries::Ask::counted)};
        } else if (!is_silence(outcome.ourselves.end)) {
            outcome.alone = co_await ctx.http(other);
            outcome.resets_happen = ctx.control_resets() > 0;
        }
        const auto repeat = static_cast<std::size_t>(ctx.profile().limits.repeat);
        while (outcome.tried && !outcome.tried->tries.decided(repeat, ctx.control_resets() > 0)) {
            if (outcome.tried->tries.last_was_cut()) {
                // Whatever cuts connections at this moment would cut this one too, and then the tries prove nothing.
                const HttpOutcome again = co_await answer_to_ourselves(ctx, request, operation);
                if (!again.served(operation)) {
                    break;
                }
            }
            // In turn: whoever first closes and then thinks serves a request that is there already.
            other.with_finished = outcome.tried->tries.count() % 2 == 0;
            HttpOutcome answer = co_await ctx.http(other);
            outcome.tried->add_beside_service(std::move(answer), operation, &outcome.ourselves);
        }
        if (outcome.tried) {
            note_tries(ctx, outcome.tried->tries);
        }
        outcomes.push_back(std::move(outcome));
    }
    co_return outcomes;
}

awaitable<std::vector<VersionOutcome>> try_under_versions(Context& ctx, const Operation& operation,
                                                          std::shared_ptr<const Identity> identity) {
    std::shared_ptr<const Identity> ourselves = ctx.serving_identity();
    std::vector<VersionOutcome> outcomes =
        co_await try_under_versions(ctx, operation, std::move(identity), std::move(ourselves));
    co_return outcomes;
}

awaitable<HttpOutcome> send_as(Context& ctx, const Operation& operation, std::shared_ptr<const Identity> identity) {
    HttpRequest request = ctx.request_of(operation);
    request.identity = std::move(identity);
    HttpOutcome outcome = co_await answer_to(ctx, std::move(request));
    co_return outcome;
}

awaitable<TriedRequest> try_for_service(Context& ctx, std::shared_ptr<const Identity> identity) {
    const Operation& operation = ctx.profile().control_operation();
    HttpRequest request = ctx.request_of(operation);
    request.identity = std::move(identity);
    TriedRequest tried{{}, Tries(Tries::Ask::for_service)};
    while (!tried.tries.decided()) {
        HttpOutcome outcome = co_await ctx.http(request);
        tried.add(std::move(outcome), operation);
    }
    note_tries(ctx, tried.tries);
    co_return tried;
}

awaitable<TriedRequest> try_as(Context& ctx, const Operation& operation, std::shared_ptr<const Identity> identity,
                               const HttpOutcome* beside, Tries::Ask ask) {
    HttpRequest request = ctx.request_of(operation);
    request.identity = std::move(identity);
    // The runner proves the control operation around the check.
    const bool is_control = operation.name == ctx.profile().control && ctx.check().control == Control::bracket;
    const bool proven = beside == nullptr ? is_control : beside->served(operation);
    TriedRequest tried;
    if (proven) {
        tried = co_await try_beside_service(ctx, std::move(request), operation, beside, Tries(ask));
    } else {
        tried = co_await try_request(ctx, std::move(request), operation, Tries(ask));
    }
    co_return tried;
}

awaitable<IdentityAnswer> ask_who(Context& ctx, std::shared_ptr<const Identity> identity) {
    const Operation& operation = revealing_operation(ctx.profile());
    IdentityAnswer answer;
    answer.outcome = co_await send_as(ctx, operation, std::move(identity));
    answer.name = named_in(answer.outcome, operation, ctx.profile().identity_pointer);
    co_return answer;
}

}  // namespace gateproof::suites
