#include "suites/gateway/oauth/wrong_requests.hpp"

#include <fmt/ranges.h>

#include <string>
#include <utility>

#include "harness/probe/oauth/oauth.hpp"
#include "suites/shared/failures.hpp"

namespace gateproof::suites {

boost::asio::awaitable<Verdict> answered_as_documented(Context& ctx, std::vector<WrongRequest> wrong) {
    std::string seen;
    std::vector<std::string> doubts;
    Failures failures;
    for (WrongRequest& one : wrong) {
        const HttpOutcome outcome = co_await ctx.oauth_http(std::move(one.request));
        const oauth::TokenAnswer answer = oauth::read_token_answer(outcome);
        if (answer.status == 0) {
            co_return Verdict::inconclusive("no answer to a request {}: {}", one.expected.what, answer.failure);
        }
        const std::string fault = error_fault(answer, one.expected);
        if (!fault.empty()) {
            failures.add(
                Verdict::fail("{}", fault)
                    .remedy("answer wrong requests with 400 (401 for a client that is not known) and JSON that holds "
                            "error and error_description, as RFC 6749 5.2 names them"));
        }
        if (std::string doubt = error_doubt(answer, one.expected); !doubt.empty()) {
            doubts.push_back(std::move(doubt));
        }
        seen += (seen.empty() ? "" : ", ") + answer.summary();
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        co_return std::move(*failed).found(std::move(doubts));
    }
    if (!doubts.empty()) {
        co_return Verdict::warning("errors are answered with another status than published: {}",
                                   fmt::join(doubts, "; "))
            .remedy("answer wrong requests with 400, or with 401 where that is published")
            .found(doubts);
    }
    co_return Verdict::pass("errors are as documented: {}", seen);
}

}  // namespace gateproof::suites
