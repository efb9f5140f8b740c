// CLOUD-MTLS-REQUIRED under names that are not the endpoint's: the server name of the handshake chooses a configuration
// (RFC 6066 3), the Host header the service (RFC 9110 7.2), and nothing makes both agree (RFC 9325 3.7).
#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>

#include "harness/run/context.hpp"
#include "suites/gateway/mtls/doors.hpp"
#include "suites/gateway/mtls/suite.hpp"
#include "suites/shared/visits.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

std::vector<Door> doors(Context& ctx) {
    std::vector<Door> rows{{"without SNI", ""}};
    std::string unknown = unknown_name(ctx);
    rows.push_back({fmt::format("under the SNI {}", unknown), unknown});
    // An IP literal is no server name (RFC 6066 3): the endpoint's own handshake has none.
    boost::system::error_code not_literal;
    boost::asio::ip::make_address(ctx.profile().endpoint.host, not_literal);
    if (!not_literal) {
        std::erase_if(rows, [](const Door& door) { return door.server_name.empty(); });
    }
    return rows;
}

awaitable<HttpOutcome> knock_once(Context& ctx, TlsOptions options) {
    const std::string server_name = options.server_name;
    const std::string role = options.identity ? options.identity->role : "none";
    const Operation& operation = ctx.profile().control_operation();
    options = ctx.guarded(std::move(options), operation);
    Visit made = co_await visit(ctx, std::move(options), operation, ctx.profile().endpoint.authority());
    ctx.evidence()
        .add("http_exchange")
        .with("server_name", server_name)
        .with("host", ctx.profile().endpoint.authority())
        .with("identity", role)
        .with("result", made.outcome.summary());
    co_return std::move(made.outcome);
}

/// As often as a refusal is counted; `ourselves`: the served identity under the endpoint's own name.
awaitable<std::vector<HttpOutcome>> knock(Context& ctx, TlsOptions options, const HttpOutcome& ourselves) {
    std::vector<HttpOutcome> outcomes;
    Tries tries(Tries::Ask::counted);
    while (co_await asks_on(ctx, tries)) {
        HttpOutcome outcome = co_await knock_once(ctx, options);
        tries.add(answer_of(outcome, ctx.profile().control_operation(), ourselves));
        outcomes.push_back(std::move(outcome));
    }
    co_return outcomes;
}

awaitable<DoorsOfVersion> try_version(Context& ctx, TlsVersion version, const std::vector<Door>& rows) {
    const Operation& operation = ctx.profile().control_operation();
    TlsOptions ourselves = ctx.tls_options();
    ourselves.min_version = version;
    ourselves.max_version = version;
    TlsOptions nobody = ourselves;
    nobody.identity = nullptr;
    DoorsOfVersion of;
    of.version = version;
    of.ourselves = co_await knock_once(ctx, ourselves);
    bool cut = false;
    for (const Door& door : rows) {
        TlsOptions options = nobody;
        options.server_name = door.server_name;
        std::vector<HttpOutcome> outcomes = co_await knock(ctx, std::move(options), of.ourselves);
        const Tries tries = counted(outcomes, of.ourselves, operation);
        cut = cut || tries.any_cut();
        if (of.own_name.empty() && tries.served()) {
            of.own_name = co_await knock(ctx, nobody, of.ourselves);
        }
        DoorTrials trials{door.how, std::move(outcomes)};
        if (needs_comparison(trials.outcomes, of.ourselves, operation)) {
            TlsOptions there = ourselves;
            there.server_name = door.server_name;
            trials.ourselves = co_await knock_once(ctx, std::move(there));
        }
        of.doors.push_back(std::move(trials));
    }
    if (cut) {
        const HttpOutcome again = co_await knock_once(ctx, ourselves);
        of.control_cut = ctx.control_retried() || of.ourselves.was_cut() || again.was_cut();
    }
    co_return of;
}

awaitable<Verdict> required_under_every_name(Context& ctx) {
    const std::vector<Door> rows = doors(ctx);
    const auto try_one = [&](TlsVersion version) { return try_version(ctx, version, rows); };
    const std::vector<DoorsOfVersion> versions = co_await under_each_version(try_one);
    co_return judge_doors(versions, ctx.profile().control_operation());
}

}  // namespace

std::vector<Check> mtls_name_checks() {
    return checks(required_family(),
                  {{.id = "mtls.required-under-every-name",
                    .title = "Without a client certificate there must be no service under another server name, or none",
                    .run = required_under_every_name,
                    .intrusiveness = Intrusiveness::active}});
}

}  // namespace gateproof::suites
