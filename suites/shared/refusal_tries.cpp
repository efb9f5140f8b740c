// Asking until the answers decide it. What they are is judged in refusal.cpp, which needs no endpoint.
#include <utility>

#include "harness/run/context.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

using boost::asio::awaitable;

void note_tries(Context& ctx, const Tries& tries) {
    if (tries.count() > 1) {
        ctx.evidence().add("tries").with("count", tries.count()).with("answers", tries.summary());
    }
}

awaitable<bool> asks_on(Context& ctx, const Tries& tries) {
    const auto repeat = static_cast<std::size_t>(ctx.profile().limits.repeat);
    if (tries.decided(repeat, ctx.control_resets() > 0)) {
        co_return false;
    }
    if (tries.last_was_cut()) {
        const bool served = co_await ctx.control();
        static_cast<void>(served);  // where it is not, the control behind the check says so as well
    }
    co_return true;
}

void TriedHello::add(ServerAnswer next) {
    tries.add(answer_of(next));
    const bool worse =
        answer.server_hello && next.server_hello && next.server_hello->version < answer.server_hello->version;
    if (!answer.server_hello || worse) {
        answer = std::move(next);
    }
}

void TriedRequest::keep(HttpOutcome next, const Answer& answer) {
    if (!tries.served() || answer.served()) {
        outcome = std::move(next);
    }
    tries.add(answer);
}

void TriedRequest::add(HttpOutcome next, const Operation& operation) {
    const Answer answer = answer_of(next, operation);
    keep(std::move(next), answer);
}

void TriedRequest::add_beside_service(HttpOutcome next, const Operation& operation, const HttpOutcome* ourselves) {
    const Answer answer = answer_beside_service(next, operation, ourselves);
    keep(std::move(next), answer);
}

awaitable<TriedHello> try_hello(Context& ctx, ClientHello hello, ServerAnswerParser::Until until, Tries tries) {
    TriedHello tried{{}, std::move(tries)};
    while (true) {
        const bool on = co_await asks_on(ctx, tried.tries);
        if (!on) {
            break;
        }
        ServerAnswer answer = co_await ctx.client_hello(hello, until);
        tried.add(std::move(answer));
    }
    note_tries(ctx, tried.tries);
    co_return tried;
}

awaitable<TriedHello> try_hello(Context& ctx, Ssl2ClientHello hello, Tries tries) {
    TriedHello tried{{}, std::move(tries)};
    while (true) {
        const bool on = co_await asks_on(ctx, tried.tries);
        if (!on) {
            break;
        }
        ServerAnswer answer = co_await ctx.client_hello(hello);
        tried.add(std::move(answer));
    }
    note_tries(ctx, tried.tries);
    co_return tried;
}

awaitable<TriedRequest> try_request(Context& ctx, HttpRequest request, const Operation& operation, Tries tries) {
    TriedRequest tried{{}, std::move(tries)};
    while (true) {
        const bool on = co_await asks_on(ctx, tried.tries);
        if (!on) {
            break;
        }
        HttpOutcome outcome = co_await ctx.http(request);
        tried.add(std::move(outcome), operation);
    }
    note_tries(ctx, tried.tries);
    co_return tried;
}

awaitable<TriedRequest> try_beside_service(Context& ctx, HttpRequest request, const Operation& operation,
                                           const HttpOutcome* ourselves, Tries tries) {
    TriedRequest tried{{}, std::move(tries)};
    while (true) {
        const bool on = co_await asks_on(ctx, tried.tries);
        if (!on) {
            break;
        }
        HttpOutcome outcome = co_await ctx.http(request);
        tried.add_beside_service(std::move(outcome), operation, ourselves);
    }
    note_tries(ctx, tried.tries);
    co_return tried;
}

}  // namespace gateproof::suites
