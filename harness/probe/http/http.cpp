#include "harness/probe/http/http.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

#include "harness/probe/http/multi.hpp"
#include "harness/probe/http/transfer.hpp"

namespace gateproof {
namespace asio = boost::asio;

HttpClient::HttpClient(asio::any_io_executor executor) : multi_(std::make_shared<HttpMulti>(std::move(executor))) {}
HttpClient::~HttpClient() = default;

asio::awaitable<HttpOutcome> HttpClient::send(HttpRequest request) {
    if (!request.keep_connection) {
        HttpOutcome alone = co_await send_once(std::move(request));
        co_return alone;
    }
    HttpRequest again = request;
    again.keep_connection = false;
    HttpOutcome outcome = co_await send_once(std::move(request));
    // RFC 9112 9.3.1: a kept connection may be closed just when it is used again, which says nothing of the request.
    // libcurl itself, like browsers, sends any method once more then; it misses the cases where sending fails.
    if (was_cut(outcome.end) && outcome.over_kept_connection && !outcome.response) {
        outcome = co_await send_once(std::move(again));
    }
    co_return outcome;
}

std::shared_ptr<HttpMulti> HttpClient::multi_for(const HttpRequest& request) {
    if (!request.keep_connection || (!request.identity && !request.trust)) {
        return multi_;
    }
    std::shared_ptr<HttpMulti>& multi = by_kind_[{request.identity, request.trust}];
    if (!multi) {
        multi = std::make_shared<HttpMulti>(multi_->executor());
    }
    return multi;
}

asio::awaitable<HttpOutcome> HttpClient::send_once(HttpRequest request) {
    const std::shared_ptr<HttpMulti> multi = multi_for(request);
    HttpTransfer transfer(multi, std::move(request));
    // libcurl keeps the time limit; the timer only wakes this coroutine.
    asio::steady_timer finished(multi->executor(), asio::steady_timer::time_point::max());
    std::optional<CURLcode> result;
    const bool started = transfer.start([&](CURLcode code) {
        result = code;
        finished.cancel();
    });
    if (!started) {
        HttpOutcome outcome;
        outcome.end = Ending::local;
        outcome.detail = "libcurl could not start the request";
        co_return outcome;
    }
    boost::system::error_code error;
    co_await finished.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (!result) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
    co_return transfer.outcome(*result);
}

}  // namespace gateproof
