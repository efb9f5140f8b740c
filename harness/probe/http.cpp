#include "harness/probe/http.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

#include "harness/probe/http_multi.hpp"
#include "harness/probe/http_transfer.hpp"

namespace gateproof {
namespace asio = boost::asio;

HttpClient::HttpClient(asio::any_io_executor executor) : multi_(std::make_shared<HttpMulti>(std::move(executor))) {}
HttpClient::~HttpClient() = default;

asio::awaitable<HttpOutcome> HttpClient::send(HttpRequest request) {
    const std::shared_ptr<HttpMulti> multi = multi_;
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
        outcome.failure = HttpFailure::local;
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
