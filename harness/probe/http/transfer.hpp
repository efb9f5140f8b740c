// One request of libcurl's: its options, what came back, and what the TLS layer said meanwhile.
#pragma once

#include <curl/curl.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <string>

#include "harness/probe/http/cookie_jar.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/probe/http/multi.hpp"
#include "harness/probe/tls/openssl_client.hpp"

namespace gateproof {

struct CurlListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlList = std::unique_ptr<curl_slist, CurlListDeleter>;

/// Stays at one address while it runs: libcurl holds pointers into it.
class HttpTransfer {
public:
    HttpTransfer(std::shared_ptr<HttpMulti> multi, HttpRequest request);
    ~HttpTransfer();
    HttpTransfer(const HttpTransfer&) = delete;
    HttpTransfer& operator=(const HttpTransfer&) = delete;

    /// False: this machine could not even begin.
    bool start(HttpMulti::Done done);
    /// What it came to; once, after `done`.
    HttpOutcome outcome(CURLcode result);

private:
    void set_request_options();
    /// The place that it is sent from, where that is none of this machine's routes; null: one of these.
    [[nodiscard]] const VantagePoint* sent_from() const;
    [[nodiscard]] bool proxied() const;
    void set_route();
    void set_tls_options();
    static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
    static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self);
    static int on_new_socket(void* self, curl_socket_t fd, curlsocktype purpose);
    static int on_connection(void* self, char* primary_ip, char* local_ip, int primary_port, int local_port);
    static CURLcode on_ssl_context(CURL* easy, void* context, void* self);
    bool take_header(std::string_view line);

    std::shared_ptr<HttpMulti> multi_;
    HttpRequest request_;
    CurlEasy easy_;
    CurlList headers_;
    CurlList connect_to_;
    std::string url_;
    std::string target_;
    std::string route_;  ///< source address or proxy
    std::shared_ptr<TlsWitness> witness_;
    HttpResponse response_;
    std::size_t header_bytes_ = 0;
    bool headers_overflow_ = false;
    bool reached_ = false;  ///< TLS has begun, or the request could go out: whoever connects had connected
    std::array<char, CURL_ERROR_SIZE> error_{};
};

/// What a CURLcode means, with the error text where the code alone does not tell. `connected`: TCP was up.
Ending classify_http_failure(CURLcode result, long os_error, bool connected, std::string_view text);

}  // namespace gateproof
