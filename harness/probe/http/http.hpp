// One HTTP request, by default over a fresh connection, by libcurl on the run's event loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/probe/socket/endings.hpp"
#include "harness/probe/tls/client_hello.hpp"
#include "harness/probe/tls/server_answer.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {

class CookieStore;  // cookie_jar.hpp

struct HttpRequest {
    Endpoint endpoint;
    std::string method = "GET";
    std::string path = "/";  ///< origin-form target, appended to endpoint.path_prefix
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    bool tls = true;  ///< false: in clear, http://
    /// May go over, and leave open, a connection that other such requests of the same identity and trust share, if it
    /// was in use within the last second. If it meets the close of such a connection, it is sent once more over a fresh
    /// one.
    bool keep_connection = false;
    /// Under TLS 1.3 the request leaves in the segment of the client's Finished (TCP_CORK), so that it is there before
    /// the server has looked at the certificate: some serve it then, and else close while they wait for one.
    bool with_finished = false;
    bool answer_is_private = false;  ///< a customer's record perhaps: evidence tells the size of the body alone
    std::shared_ptr<const Identity> identity;  ///< null: no client certificate is sent
    /// The server proves who it is by this, or nothing is sent (Ending::unproven). Null: the chain is not looked
    /// at.
    std::shared_ptr<const Trust> trust;
    std::shared_ptr<CookieStore> cookies;  ///< sent along, and those that come are kept; null: none
    /// What it carries that is for this server alone, for messages: "the secret of operation 'status'"; empty: nothing.
    /// Context::http then demands `trust`.
    std::string secret;
    TlsVersion min_version = TlsVersion::tls_1_2;
    TlsVersion max_version = TlsVersion::tls_1_3;
    std::chrono::milliseconds connect_timeout{5000};
    std::chrono::milliseconds timeout{10000};
    std::optional<VantagePoint> via;  ///< empty: by endpoint.proxy, or else as this machine's routes lead
};

struct HttpResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  ///< in wire order, names lower-cased
    std::string body;                                          ///< at most HttpClient::max_body bytes
    bool truncated = false;

    /// First header of that (lower-case) name; null when absent.
    [[nodiscard]] const std::string* header(std::string_view name) const;
};

/// What a request came to: a response, or how it failed. The server's chain is verified only where the request says by
/// what: it is judged by the server suite, and a bad server certificate does not blind the other checks.
struct HttpOutcome {
    std::optional<HttpResponse> response;
    Ending end = Ending::ok;
    std::string detail;          ///< system or TLS error text
    std::optional<Alert> alert;  ///< the fatal alert that the peer sent, also after the handshake (TLS 1.3)
    bool handshake_done = false;
    std::optional<TlsVersion> tls_version;
    std::string cipher_suite;  ///< IANA name
    std::string remote_address;
    std::string local_address;          ///< our end of the connection
    bool over_kept_connection = false;  ///< it was open already, and nobody shook hands for this request
    int os_error = 0;                   ///< errno of a connection that failed; 0: not known
    int proxy_reply = 0;  ///< status of an HTTP proxy's answer to CONNECT, or libcurl's CURLPX code of a SOCKS proxy
    std::chrono::microseconds total{0};

    /// All of a response came; a broken-off one is neither service nor a clear refusal.
    [[nodiscard]] bool whole() const { return response && end == Ending::ok; }
    /// The response is what `operation` calls served: status and body.
    [[nodiscard]] bool served(const Operation& operation) const;
    /// What a whole answer lacks to be the operation's: "expect.status has 200"; empty: it is, or there is none.
    [[nodiscard]] std::string unlike(const Operation& operation) const;
    /// The peer ended it without an answer: alert, reset or close. No connection and silence are not refusals; whether
    /// a status is one depends on what was asked.
    [[nodiscard]] bool is_refusal() const;
    /// Reset or closed without a word, before any answer: an overloaded endpoint and a device in between do that too.
    [[nodiscard]] bool was_cut() const;
    /// The same in the middle of an answer, which is not even a refusal.
    [[nodiscard]] bool broken_off() const;
    /// "HTTP 400", "alert certificate_required (116)", "connection refused"
    [[nodiscard]] std::string summary() const;
};

class HttpMulti;  // multi.hpp: libcurl's multi handle on the event loop

class HttpClient {
public:
    /// A longer body is cut here: what a peer sends must not fill memory.
    static constexpr std::size_t max_body = std::size_t{1024} * 1024;
    static constexpr std::size_t max_headers = std::size_t{256} * 1024;

    explicit HttpClient(boost::asio::any_io_executor executor);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Never follows redirects, asks no proxy but that of `via` or of the endpoint (none
    /// of the environment), and opens a connection of its own unless the request
    /// says otherwise. Cancellable (terminal).
    boost::asio::awaitable<HttpOutcome> send(HttpRequest request);

private:
    boost::asio::awaitable<HttpOutcome> send_once(HttpRequest request);
    std::shared_ptr<HttpMulti> multi_for(const HttpRequest& request);

    std::shared_ptr<HttpMulti> multi_;  ///< shared with requests in flight
    using Kind = std::pair<std::shared_ptr<const Identity>, std::shared_ptr<const Trust>>;
    /// The kept connections of each identity and each demand of trust: libcurl knows neither of a connection.
    std::map<Kind, std::shared_ptr<HttpMulti>> by_kind_;
};

}  // namespace gateproof
