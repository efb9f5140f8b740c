#include "suites/shared/visits.hpp"

#include <fmt/format.h>

#include <utility>

#include "harness/probe/http/http1.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

using boost::asio::awaitable;

std::string host_header(const Endpoint& endpoint, std::string_view name) {
    Endpoint named = endpoint;
    named.host = std::string(name);
    return named.authority();
}

awaitable<Visit> visit(Context& ctx, TlsOptions options, const Operation& operation, std::string host) {
    std::string bytes = wire(ctx.request_of(operation), Connection::close, host);
    Context::TlsConnection connection = co_await ctx.tls(std::move(options));
    Http1 http(std::move(connection));
    co_await http.send(std::move(bytes));
    Visit visited;
    visited.outcome = co_await http.receive();
    visited.outcome.remote_address = http.session().remote_address();
    visited.resumed = http.session().resumed();
    visited.session = http.session().session();
    co_await http.session().shutdown();
    co_return visited;
}

awaitable<Visit> noted_visit(Context& ctx, TlsOptions options, std::string_view what) {
    const Operation& operation = ctx.profile().control_operation();
    const Endpoint& endpoint = ctx.profile().endpoint;
    options = ctx.guarded(std::move(options), operation);
    std::string host = options.server_name.empty() ? endpoint.authority() : host_header(endpoint, options.server_name);
    Visit made = co_await visit(ctx, std::move(options), operation, std::move(host));
    ctx.evidence()
        .add("http_exchange")
        .with("request", what)
        .with("resumed", made.resumed)
        .with("session_given", made.session != nullptr)
        .with("result", made.outcome.summary());
    co_return made;
}

bool was_cut(const Visit& made) {
    return ended_by_cut(made.outcome);
}

std::string unknown_name(Context& ctx) {
    return fmt::format("gateproof-{:08x}.invalid", ctx.random()() & 0xffffffff);
}

}  // namespace gateproof::suites
