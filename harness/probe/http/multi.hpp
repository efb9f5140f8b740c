// libcurl's multi handle driven by the run's event loop (curl_multi_socket_action).
#pragma once

#include <curl/curl.h>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace gateproof {

struct CurlEasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using CurlEasy = std::unique_ptr<CURL, CurlEasyDeleter>;

/// Owned by shared pointers: handlers in flight keep it alive.
class HttpMulti : public std::enable_shared_from_this<HttpMulti> {
public:
    using Done = std::function<void(CURLcode)>;

    explicit HttpMulti(boost::asio::any_io_executor executor);
    ~HttpMulti();
    HttpMulti(const HttpMulti&) = delete;
    HttpMulti& operator=(const HttpMulti&) = delete;

    [[nodiscard]] const boost::asio::any_io_executor& executor() const { return executor_; }
    /// A handle with every option at its default: a used one where there is one.
    CurlEasy take_easy();
    /// Keeps a handle that is not running for the next request.
    void give_back(CurlEasy easy);
    /// Starts a transfer; `done` is called from the event loop, at most once, never from inside start.
    bool start(CURL* easy, Done done);
    /// Ends a transfer and its connection; after this `done` is not called. Harmless for one that has ended.
    void stop(CURL* easy);

private:
    struct Watch;
    static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void* watch);
    static int on_timer(CURLM* multi, long timeout_ms, void* self);
    void watch(const CURL* easy, curl_socket_t fd, int what);
    void arm(const std::shared_ptr<Watch>& watch);
    void arm_one(const std::shared_ptr<Watch>& watch, int direction);
    void act(curl_socket_t fd, int events);
    void let_go();

    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer timer_;
    CURLM* multi_ = nullptr;
    std::unordered_map<curl_socket_t, std::shared_ptr<Watch>> watches_;
    std::unordered_map<CURL*, Done> running_;
    std::vector<CurlEasy> idle_;
};

}  // namespace gateproof
