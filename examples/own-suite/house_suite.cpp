#include "house_suite.hpp"

#include "harness/run/context.hpp"

namespace {

using boost::asio::awaitable;
using gateproof::Context;
using gateproof::HttpOutcome;
using gateproof::HttpRequest;
using gateproof::Verdict;

/// HOUSE-QUIET: a header that names a version tells attackers what to try.
awaitable<Verdict> no_server_version(Context& ctx) {
    HttpRequest request = ctx.request_of(ctx.profile().control_operation());
    request.identity = ctx.serving_identity();
    const HttpOutcome outcome = co_await ctx.http(std::move(request));
    if (!outcome.response) {
        co_return Verdict::inconclusive("no answer: {}", outcome.summary());
    }
    const std::string* const server = outcome.response->header("server");
    if (server != nullptr && server->find_first_of("0123456789") != std::string::npos) {
        co_return Verdict::fail("the Server header names a version: {}", *server)
            .remedy("leave the version out (nginx: server_tokens off)");
    }
    co_return Verdict::pass("the Server header names no version");
}

}  // namespace

std::vector<gateproof::Requirement> house_requirements() {
    return {{.id = "HOUSE-QUIET",
             .sentence = "Answers do not tell which version of a server made them.",
             .sources = {{"Security handbook", "4.2"}},
             .level = gateproof::Level::should}};
}

gateproof::Suite house_suite() {
    return {"house", "Rules of our own house",
            gateproof::checks({.requirements = {gateproof::decides("HOUSE-QUIET")}},
                              {{.id = "house.no-server-version",
                                .title = "The Server header must name no version",
                                .run = no_server_version}})};
}
