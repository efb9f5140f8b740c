#include "harness/run/context.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "harness/probe/http/correlation.hpp"
#include "harness/probe/http/request.hpp"
#include "harness/probe/socket/deadline.hpp"
#include "harness/probe/tls/hello_exchange.hpp"
#include "harness/run/notes.hpp"
#include "harness/run/target.hpp"

namespace gateproof {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

Context::Context(TargetRun& target, const PlannedCheck& planned, std::uint64_t seed)
    : target_(target), planned_(planned), random_(seed) {}

Context::~Context() = default;

const Profile& Context::profile() const {
    return target_.profile();
}

std::chrono::milliseconds Context::deadline() const {
    return check().deadline ? check().deadline(profile()) : profile().limits.check_deadline;
}

std::shared_ptr<const Identity> Context::identity(IdentityRole role) const {
    return identity_named(role.text());
}

std::shared_ptr<const Identity> Context::identity_named(std::string_view role) const {
    const auto found = profile().identities.find(std::string(role));
    return found == profile().identities.end() ? nullptr : found->second;
}

std::shared_ptr<const Identity> Context::serving_identity() const {
    return gateproof::serving_identity(profile());
}

std::string Context::excerpt(std::string_view bytes) const {
    return gateproof::excerpt(bytes, target_.redactor());
}

asio::any_io_executor Context::executor() const {
    return target_.executor();
}

TcpTimeouts Context::timeouts() const {
    return {.connect = profile().limits.connect_timeout, .exchange = profile().limits.probe_timeout};
}

ClientHello Context::offering(TlsVersion newest, TlsVersion oldest) {
    ClientHello hello = ClientHello::offering(newest, profile().endpoint.host, oldest);
    std::ranges::generate(hello.random, [this] { return static_cast<std::uint8_t>(random_()); });
    return hello;
}

std::shared_ptr<void> Context::count_wait() {
    if (waiting_++ == 0) {
        waiting_since_ = Clock::now();
    }
    return {static_cast<void*>(this), [this](void*) {
                if (--waiting_ == 0) {
                    waited_ += Clock::now() - waiting_since_;
                }
            }};
}

std::shared_ptr<void> Context::count_hold() {
    if (in_control_++ == 0) {
        held_by_then_ = target_.controls().held();
    }
    return {static_cast<void*>(this), [this](void*) {
                if (--in_control_ == 0) {
                    waited_ += target_.controls().held() - held_by_then_;
                }
            }};
}

asio::awaitable<void> Context::wait_quietly(Clock::time_point until) {
    co_await target_.quiet_waits().wait(until, [this] { return count_wait(); });
}

asio::awaitable<std::shared_ptr<void>> Context::permit(Stay stay) {
    if (proves_refusals(check())) {
        target_.controls().note_sent(planned_.id());
    }
    const std::shared_ptr<void> counted = count_wait();
    Politeness& politeness = target_.politeness();
    if (stay == Stay::held) {
        Permit idle = co_await politeness.acquire_idle();
        co_return idle;
    }
    Permit permit = co_await politeness.acquire(Politeness::Priority::check);
    co_return permit;
}

asio::awaitable<ServerAnswer> Context::client_hello(ClientHello hello, ServerAnswerParser::Until until) {
    const Permit slot = co_await permit();
    ConnectionEnds ends;
    ServerAnswer answer = co_await exchange_client_hello(executor(), profile().endpoint, hello.encode(), until,
                                                         timeouts(), hello.cut, &ends);
    note_hello(evidence_, hello, answer, ends);
    note_ending(answer.end, answer.detail);
    co_return answer;
}

asio::awaitable<ServerAnswer> Context::client_hello(Ssl2ClientHello hello) {
    const Permit slot = co_await permit();
    ConnectionEnds ends;
    ServerAnswer answer =
        co_await exchange_client_hello(executor(), profile().endpoint, hello.encode(),
                                       ServerAnswerParser::Until::server_hello, timeouts(), HelloCut::none, &ends);
    note_hello(evidence_, hello, answer, ends);
    note_ending(answer.end, answer.detail);
    co_return answer;
}

asio::awaitable<ServerAnswer> Context::client_hello_at(std::string address, ClientHello hello) {
    const Permit slot = co_await permit();
    Endpoint endpoint = profile().endpoint;
    endpoint.connect_address = std::move(address);
    ConnectionEnds ends;
    ServerAnswer answer =
        co_await exchange_client_hello(executor(), std::move(endpoint), hello.encode(),
                                       ServerAnswerParser::Until::server_hello, timeouts(), HelloCut::none, &ends);
    note_hello(evidence_, hello, answer, ends);
    co_return answer;
}

asio::awaitable<Addresses> Context::addresses() {
    Addresses found = co_await tcp_addresses(executor(), profile().endpoint, profile().limits.connect_timeout);
    if (profile().endpoint.first_address_alone && found.all.size() > 1) {
        found.all.resize(1);
    }
    for (const std::string& address : found.all) {
        evidence_.add("address").with("host", profile().endpoint.host).with("address", address);
    }
    co_return found;
}

asio::awaitable<TcpExchange> Context::tcp(Endpoint endpoint, std::string bytes, std::size_t max_bytes) {
    const Permit slot = co_await permit();
    const std::size_t sent = bytes.size();
    const Clock::time_point begun = Clock::now();
    const std::string authority = endpoint.authority();
    TcpExchange exchange =
        co_await tcp_exchange(executor(), std::move(endpoint), std::move(bytes), max_bytes, timeouts());
    note_tcp(evidence_, authority, sent, exchange, begun, target_.redactor());
    note_ending(exchange.end, exchange.detail);
    co_return exchange;
}

HttpRequest Context::request_of(const Operation& operation) {
    HttpRequest request = make_request(profile(), operation);
    correlate(request, planned_.id(), ++requests_);
    // Also for what is written to a connection of the check's own, which leaves no exchange in the evidence.
    unsent_ = correlation_in(request);
    if (const std::string& id = unsent_; !id.empty()) {
        evidence_.add("request").with("correlation", id).with("request", request.method + ' ' + request.path);
    }
    return request;
}

void Context::guard(HttpRequest& request) const {
    const bool credential =
        std::ranges::any_of(request.headers, [](const auto& header) { return is_credential(header.first); });
    if (request.secret.empty() && credential) {
        request.secret = "the credential of the request";
    }
    if (request.secret.empty()) {
        return;
    }
    if (!request.tls) {
        throw std::logic_error("a secret was to be sent in clear");
    }
    if (!request.trust) {
        request.trust = trust_for(request.endpoint, request.via && request.via->is_proxy());
    }
}

TlsOptions Context::guarded(TlsOptions options, const Operation& operation) const {
    return operation.carries_secret() ? guarded(std::move(options), secret_of(operation)) : options;
}

TlsOptions Context::guarded(TlsOptions options, std::string secret) const {
    options.trust = trust_for(options.endpoint);
    options.secret = std::move(secret);
    options.names = {options.endpoint.host, options.server_name};
    if (options.resume && profile().desktop) {
        // The session may be that of the gateway's other listener, which proved itself when the session was made.
        options.names.push_back(profile().desktop->endpoint.host);
        options.names.push_back(profile().endpoint.host);
    }
    return options;
}

void Context::note_withheld(const Endpoint& endpoint, std::string_view lack_of_proof, std::string_view secret) {
    if (withheld_.empty()) {
        withheld_ = gateproof::withheld(endpoint, lack_of_proof, secret);
    }
}

void Context::note_ending(Ending end, std::string_view detail) {
    if (end == Ending::proxy_failed && proxy_failure_.empty()) {
        proxy_failure_ = detail;
    }
}

void Context::note_cut(const TlsStep& end) {
    const std::shared_ptr<const VantagePoint>& proxy = profile().endpoint.proxy;
    if (proxy && proxy_failure_.empty() && end.was_cut() && !end.said_goodbye()) {
        proxy_failure_ =
            fmt::format("a connection by the {} ended without a word, of it or of the endpoint", proxy->describe());
    }
}

asio::awaitable<HttpOutcome> Context::http(HttpRequest request) {
    const Permit slot = co_await permit();
    guard(request);
    const std::string id = correlation_in(request);
    if (id.empty() || id != std::exchange(unsent_, std::string())) {
        correlate(request, planned_.id(), ++requests_);  // a copy of one that was sent is another request
    }
    const HttpRequest sent = request;
    HttpOutcome outcome = co_await send_within(profile().limits, target_.http(), std::move(request));
    note_http(evidence_, sent, outcome, target_.redactor());
    if (!sent.via) {
        note_ending(outcome.end, outcome.detail);
    }
    if (outcome.end == Ending::unproven) {
        note_withheld(sent.endpoint, outcome.detail, sent.secret.empty() ? "the request" : sent.secret);
    }
    co_return outcome;
}

TlsOptions Context::tls_options() const {
    TlsOptions options;
    options.endpoint = profile().endpoint;
    options.server_name = profile().endpoint.host;
    options.identity = serving_identity();
    options.connect_timeout = profile().limits.connect_timeout;
    options.timeout = profile().limits.probe_timeout;
    return options;
}

asio::awaitable<Held> Context::hold_tcp(Hold hold) {
    const Permit place = co_await permit(Stay::held);
    Held held =
        co_await gateproof::hold_tcp(executor(), profile().endpoint, profile().limits.connect_timeout, std::move(hold));
    note_ending(held.end.end, held.end.detail);
    co_return held;
}

asio::awaitable<Context::TlsConnection> Context::tls(TlsOptions options, Stay stay) {
    std::shared_ptr<void> slot = co_await permit(stay);
    TlsConnection connection = co_await tls_with(std::move(options), std::move(slot));
    co_return connection;
}

asio::awaitable<std::vector<Context::TlsConnection>> Context::tls_together(std::vector<TlsOptions> all) {
    std::vector<std::shared_ptr<void>> slots;
    while (slots.size() < all.size()) {
        slots.push_back(co_await permit());
    }
    std::vector<TlsConnection> connections;
    for (std::size_t i = 0; i < all.size(); ++i) {
        connections.push_back(co_await tls_with(std::move(all[i]), std::move(slots[i])));
    }
    co_return connections;
}

asio::awaitable<Context::TlsConnection> Context::tls_with(TlsOptions options, std::shared_ptr<void> permit) {
    TlsConnection connection;
    connection.permit = std::move(permit);
    const std::string role = options.identity ? options.identity->role : "none";
    const Endpoint endpoint = options.endpoint;
    const std::string secret = options.secret;
    std::shared_ptr<void> counted = count_wait();
    std::shared_ptr<void> place = co_await target_.openings().enter();
    counted.reset();
    connection.session = std::make_unique<TlsSession>(executor(), std::move(options));
    connection.step = co_await connection.session->connect();
    place.reset();
    note_ending(connection.step.end, connection.step.detail);
    if (connection.step.end == Ending::unproven && !secret.empty()) {
        note_withheld(endpoint, connection.step.detail, secret);
    }
    note_handshake(evidence_, role, connection);
    co_return connection;
}

asio::awaitable<ClockReading> Context::clock() {
    const std::shared_ptr<void> counted = count_wait();
    ClockReading reading = co_await target_.clock().read();
    if (!std::exchange(clock_noted_, true)) {
        note_clock(evidence_, reading);
    }
    co_return reading;
}

asio::awaitable<TimeSpan> Context::times() {
    sends_times_ = true;
    const ClockReading reading = co_await clock();
    co_return reading.span(std::chrono::system_clock::now());
}

asio::awaitable<bool> Context::control() {
    return control_since(Clock::now(), "during");
}

std::size_t Context::control_resets() const {
    return target_.controls().resets();
}

void Context::note_service_reset() {
    target_.controls().note_reset();
}

asio::awaitable<bool> Context::control_since(Clock::time_point moment, std::string_view phase) {
    const std::shared_ptr<void> counted = count_hold();
    const ControlResult result = co_await target_.controls().since(moment);
    control_retried_ = control_retried_ || (result.served && result.attempts > 1);
    control_summary_ = result.summary;
    control_code_ = result.code;
    if (withheld_.empty()) {
        withheld_ = result.withheld;
    }
    if (proxy_failure_.empty()) {
        proxy_failure_ = result.proxy_failure;
    }
    Observation& noted = evidence_.add("control");
    if (!result.correlation.empty()) {
        noted.with("correlation", result.correlation);
    }
    noted.with("phase", phase)
        .with("operation", profile().control)
        .with("served", result.served)
        .with("result", result.summary)
        .with("attempts", result.attempts)
        .with("age_ms", since(result.begun).count());
    co_return result.served;
}

}  // namespace gateproof
