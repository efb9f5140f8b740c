#include "harness/probe/http/transfer.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "harness/probe/socket/proxy.hpp"
#include "harness/probe/tls/openssl_client.hpp"
#include "harness/probe/tls/proof.hpp"
#include "harness/text/ascii.hpp"

namespace gateproof {
namespace {

std::string bracketed(const std::string& host) {
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

bool append(CurlList& list, const std::string& text) {
    curl_slist* grown = curl_slist_append(list.get(), text.c_str());
    if (grown == nullptr) {
        return false;
    }
    static_cast<void>(list.release());
    list.reset(grown);
    return true;
}

/// "192.0.2.7:4046"; empty: there was no connection.
std::string end_of_connection(CURL* easy, CURLINFO ip, CURLINFO port) {
    char* address = nullptr;
    long number = 0;
    curl_easy_getinfo(easy, ip, &address);
    curl_easy_getinfo(easy, port, &number);
    return address == nullptr || *address == '\0' ? std::string() : bracketed(address) + ":" + std::to_string(number);
}

/// "wrong version number" of "OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number".
std::string_view without_openssl_numbers(std::string_view text) {
    const std::size_t error = text.find("error:");
    const std::size_t reason = text.rfind("::");
    const bool numbered = error != std::string_view::npos && reason != std::string_view::npos && reason > error &&
                          reason + 2 < text.size();
    return numbered ? text.substr(reason + 2) : text;
}

}  // namespace

HttpTransfer::HttpTransfer(std::shared_ptr<HttpMulti> multi, HttpRequest request)
    : multi_(std::move(multi)),
      request_(std::move(request)),
      easy_(multi_->take_easy()),
      witness_(std::make_shared<TlsWitness>()) {}

HttpTransfer::~HttpTransfer() {
    if (easy_) {
        multi_->stop(easy_.get());
        if (request_.cookies) {
            easy_.reset();  // it keeps what it had of cookies, whatever is reset
        } else {
            multi_->give_back(std::move(easy_));
        }
    }
}

bool HttpTransfer::start(HttpMulti::Done done) {
    if (!easy_) {
        return false;
    }
    set_request_options();
    set_route();
    set_tls_options();
    return multi_->start(easy_.get(), std::move(done));
}

void HttpTransfer::set_request_options() {
    CURL* easy = easy_.get();
    const std::string host = bracketed(request_.endpoint.host);
    const std::string port = std::to_string(request_.endpoint.port);
    url_ = (request_.tls ? "https://" : "http://") + host + ":" + port + "/";
    target_ = request_.endpoint.path_prefix + request_.path;
    if (request_.cookies) {
        // Cookies are for paths, and libcurl has that of the URL.
        url_.pop_back();
        url_ += target_.substr(0, target_.find_first_of("?#"));
        request_.cookies->lend_to(easy);
    }
    curl_easy_setopt(easy, CURLOPT_URL, url_.c_str());
    // The target goes out byte for byte: libcurl would tidy a path.
    curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, target_.c_str());
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    if (!request_.endpoint.connect_address.empty()) {
        append(connect_to_, "::" + bracketed(request_.endpoint.connect_address) + ":" + port);
        curl_easy_setopt(easy, CURLOPT_CONNECT_TO, connect_to_.get());
    }
    if (request_.method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (!request_.body.empty() || request_.method == "POST" || request_.method == "PUT") {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request_.body.c_str());
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    } else if (request_.method != "GET") {
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    }
    append(headers_, "Expect:");
    if (std::ranges::none_of(request_.headers,
                             [](const auto& header) { return same_ignoring_case(header.first, "content-type"); })) {
        append(headers_, "Content-Type:");
    }
    for (const auto& [name, value] : request_.headers) {
        append(headers_, value.empty() ? name + ";" : name + ": " + value);
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "gateproof/" GATEPROOF_VERSION);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    // Only requests that say so share connections, and all those of a multi handle are alike: one identity or none, one
    // demand of trust or none.
    const bool shares = request_.keep_connection;
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, shares ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, shares ? 0L : 1L);
    // Idle for 0 whole seconds: servers wait longer before they close, so a request hardly ever meets their close.
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 0L);
    if (request_.with_finished) {
        curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, &HttpTransfer::on_new_socket);
    }
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &HttpTransfer::on_connection);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request_.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_.data());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &HttpTransfer::on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
}

const VantagePoint* HttpTransfer::sent_from() const {
    return request_.via ? &*request_.via : request_.endpoint.proxy.get();
}

bool HttpTransfer::proxied() const {
    return sent_from() != nullptr && sent_from()->is_proxy();
}

void HttpTransfer::set_route() {
    CURL* easy = easy_.get();
    const VantagePoint* const from = sent_from();
    if (!proxied()) {
        curl_easy_setopt(easy, CURLOPT_PROXY, "");  // else libcurl asks the environment
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    }
    if (from == nullptr) {
        return;
    }
    const VantagePoint& via = *from;
    if (!proxied()) {
        route_ = "host!" + via.address;  // never a network interface of that name
        const bool ipv6 = via.address.find(':') != std::string::npos;
        curl_easy_setopt(easy, CURLOPT_INTERFACE, route_.c_str());
        curl_easy_setopt(easy, CURLOPT_IPRESOLVE, ipv6 ? CURL_IPRESOLVE_V6 : CURL_IPRESOLVE_V4);
        return;
    }
    route_ = std::string(proxy_scheme(via.kind)) + "://" + bracketed(via.address) + ":" + std::to_string(via.port);
    curl_easy_setopt(easy, CURLOPT_PROXY, route_.c_str());
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");  // whatever the environment says
    curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (!via.user.empty()) {
        curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, via.user.c_str());
        curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD, via.password.c_str());
    }
}

void HttpTransfer::set_tls_options() {
    CURL* easy = easy_.get();
    // Without a demand of trust the chain is judged elsewhere. No file of libcurl's: it would read the CA bundle for
    // every connection, and demand_proof knows the anchors.
    const bool verify = request_.trust != nullptr;
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
    curl_easy_setopt(easy, CURLOPT_CAINFO, nullptr);
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
#if LIBCURL_VERSION_NUM >= 0x075700
    // Else libcurl keeps the CAs of the first request, and judges by them whoever is asked next.
    curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
#endif
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, &HttpTransfer::on_ssl_context);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, this);
}

std::size_t HttpTransfer::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
    HttpResponse& response = static_cast<HttpTransfer*>(self)->response_;
    const std::size_t length = size * count;
    const std::size_t room = HttpClient::max_body - response.body.size();
    response.body.append(bytes, std::min(length, room));
    if (length > room) {
        response.truncated = true;
        return 0;  // ends the transfer with CURLE_WRITE_ERROR
    }
    return length;
}

std::size_t HttpTransfer::on_header(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<HttpTransfer*>(self);
    return transfer.take_header(std::string_view(bytes, size * count)) ? size * count : 0;
}

bool HttpTransfer::take_header(std::string_view line) {
    header_bytes_ += line.size();
    if (header_bytes_ > HttpClient::max_headers) {
        headers_overflow_ = true;
        return false;
    }
    if (line.starts_with("HTTP/")) {
        response_.headers.clear();  // an interim answer (1xx) came before
        return true;
    }
    while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back())) != 0) {
        line.remove_suffix(1);
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
        return true;
    }
    response_.headers.emplace_back(lower_case(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    return true;
}

CURLcode HttpTransfer::on_ssl_context(CURL*, void* context, void* self) {
    auto& transfer = *static_cast<HttpTransfer*>(self);
    auto* ctx = static_cast<SSL_CTX*>(context);
    transfer.reached_ = true;  // so TCP is up: libcurl's own connect time stays zero until TLS is done
    open_local_policy(ctx);
    const HttpRequest& request = transfer.request_;
    SSL_CTX_set_min_proto_version(ctx, static_cast<int>(request.min_version));
    SSL_CTX_set_max_proto_version(ctx, static_cast<int>(request.max_version));
    if (!attach_witness(ctx, transfer.witness_)) {
        return CURLE_OUT_OF_MEMORY;
    }
    if (request.trust && !demand_proof(ctx, *request.trust, request.endpoint.host)) {
        ERR_clear_error();
        return CURLE_SSL_CACERT_BADFILE;
    }
    if (request.identity && !use_identity(ctx, *request.identity)) {
        ERR_clear_error();
        return CURLE_SSL_CERTPROBLEM;
    }
    return CURLE_OK;
}

int HttpTransfer::on_new_socket(void*, curl_socket_t fd, curlsocktype) {
    const int held = 1;  // HttpMulti lets go of it behind each turn; a kernel that cannot hold sends at once, as ever
    static_cast<void>(::setsockopt(fd, IPPROTO_TCP, TCP_CORK, &held, sizeof held));
    return CURL_SOCKOPT_OK;
}

int HttpTransfer::on_connection(void* self, char*, char*, int, int) {
    auto& transfer = *static_cast<HttpTransfer*>(self);
    transfer.reached_ = true;
    curl_tlssessioninfo* session = nullptr;
    curl_easy_getinfo(transfer.easy_.get(), CURLINFO_TLS_SSL_PTR, &session);
    if (session != nullptr && session->backend == CURLSSLBACKEND_OPENSSL && session->internals != nullptr) {
        // A kept connection was made for another transfer: what happens on it is told to that one's witness.
        if (std::shared_ptr<TlsWitness> witness = witness_of(static_cast<const SSL*>(session->internals))) {
            transfer.witness_ = std::move(witness);
        }
    }
    return CURL_PREREQFUNC_OK;
}

HttpOutcome HttpTransfer::outcome(CURLcode result) {
    CURL* easy = easy_.get();
    if (request_.cookies) {
        request_.cookies->keep_bounds();
    }
    HttpOutcome outcome;
    long status = 0;
    long os_error = 0;
    curl_off_t connect_time = 0;
    curl_off_t pretransfer_time = 0;
    curl_off_t total_time = 0;
    long opened = 1;
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &opened);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_error);
    curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connect_time);
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer_time);
    curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &total_time);
    outcome.total = std::chrono::microseconds(total_time);
    outcome.over_kept_connection = opened == 0 && pretransfer_time > 0;
    outcome.remote_address = end_of_connection(easy, CURLINFO_PRIMARY_IP, CURLINFO_PRIMARY_PORT);
    if (!outcome.remote_address.empty() && !request_.via && request_.endpoint.proxy) {
        outcome.remote_address = request_.endpoint.authority() + " by " + request_.endpoint.proxy->describe();
    }
    outcome.local_address = end_of_connection(easy, CURLINFO_LOCAL_IP, CURLINFO_LOCAL_PORT);
    outcome.alert = witness_->alert;
    outcome.handshake_done = witness_->handshake_done;
    outcome.tls_version = witness_->version;
    outcome.cipher_suite = witness_->cipher_suite;
    long proxy_status = 0;
    long proxy_error = 0;
    curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    curl_easy_getinfo(easy, CURLINFO_PROXY_ERROR, &proxy_error);
    outcome.os_error = static_cast<int>(os_error);
    outcome.proxy_reply = static_cast<int>(proxy_status > 0 ? proxy_status : proxy_error);
    const bool cut_by_us = result == CURLE_WRITE_ERROR && response_.truncated;
    if (result != CURLE_OK && !cut_by_us) {
        std::string_view text(error_.data());
        // A line that is too long is the one or the other, by the version of libcurl (CURLE_TOO_LARGE since 8.6).
        constexpr int too_large = 100;
        const bool overflow = result == CURLE_OUT_OF_MEMORY || static_cast<int>(result) == too_large;
        const bool at_the_proxy = proxied() && !reached_;  // the endpoint itself was never spoken to
        const bool waits_at_own_proxy = !request_.via && result == CURLE_OPERATION_TIMEDOUT;
        if (!at_the_proxy && (headers_overflow_ || (overflow && status > 0))) {
            outcome.end = Ending::not_http;
            text = "the response headers are too long";
        } else if (outcome.alert) {
            // Before the code: libcurl has one for our verdict on the server and for its alert certificate_expired.
            outcome.end = Ending::alert;
        } else if (result == CURLE_PEER_FAILED_VERIFICATION) {
            outcome.end = Ending::unproven;
            constexpr std::string_view heading = "SSL certificate problem: ";
            text.remove_prefix(text.starts_with(heading) ? heading.size() : 0);
        } else if (at_the_proxy && (result != CURLE_OPERATION_TIMEDOUT || waits_at_own_proxy)) {
            outcome.end = Ending::proxy_failed;
        } else {
            // A connection that was there already took no time to make, but it got as far as a request.
            const bool connected = reached_ || (!proxied() && (connect_time > 0 || outcome.over_kept_connection));
            outcome.end = classify_http_failure(result, os_error, connected, text);
        }
        outcome.detail = text.empty() ? curl_easy_strerror(result) : without_openssl_numbers(text);
        std::ranges::replace_if(
            outcome.detail, [](unsigned char c) { return c < 0x20 || c > 0x7e; }, '?');
        if (outcome.end == Ending::proxy_failed && !request_.via) {
            outcome.detail = proxy_status > 0 ? proxy_refusal(request_.endpoint, static_cast<int>(proxy_status))
                                              : sent_from()->describe() + ": " + outcome.detail;
        }
        response_.truncated = true;
    }
    // A response that broke off after its head is still shown; `end` says that it is not whole.
    if (status >= 100 && outcome.end != Ending::proxy_failed) {
        response_.status = static_cast<int>(status);
        outcome.response = std::move(response_);
    }
    return outcome;
}

}  // namespace gateproof
