#include "harness/run/context.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "harness/probe/tls/hello_exchange.hpp"
#include "harness/run/target.hpp"

namespace gateproof {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

std::int64_t milliseconds_since(Clock::time_point moment) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - moment).count();
}

void note_http(Observation& observation, const HttpRequest& request, const HttpOutcome& outcome,
               const Context& context) {
    observation.with("request", fmt::format("{} {}", request.method, request.path))
        .with("authority", request.endpoint.authority())
        .with("tls", request.tls)
        .with("identity", request.identity ? std::string_view(request.identity->role) : std::string_view("none"))
        .with("result", outcome.summary())
        .with("duration_us", outcome.total.count());
    if (outcome.over_kept_connection) {
        observation.with("kept_connection", true);
    }
    if (request.via) {
        observation.with("via", request.via->describe());
    }
    if (outcome.tls_version) {
        observation.with("tls_version", to_string(*outcome.tls_version)).with("cipher_suite", outcome.cipher_suite);
    }
    if (outcome.alert) {
        observation.with("alert", outcome.alert->name());
    }
    if (!outcome.detail.empty()) {
        observation.with("detail", outcome.detail);
    }
    if (outcome.os_error != 0) {
        observation.with("os_error", std::generic_category().message(outcome.os_error));
    }
    if (!outcome.remote_address.empty()) {
        observation.with("remote_address", outcome.remote_address);
    }
    if (outcome.response) {
        for (const std::string_view name : {"server", "location", "content-type", "retry-after"}) {
            if (const std::string* value = outcome.response->header(name)) {
                observation.with(fmt::format("header_{}", name), *value);
            }
        }
        if (!request.answer_is_private) {
            observation.with("body", context.excerpt(outcome.response->body));
        }
        observation.with("body_bytes", outcome.response->body.size());
    }
}

std::string describe(const ClientHello& hello) {
    return fmt::format("{} ({} cipher suites, {} extensions)", to_string(hello.legacy_version),
                       hello.cipher_suites.size(), hello.extensions.size());
}

}  // namespace

Context::Context(TargetRun& target, const PlannedCheck& planned, std::uint64_t seed)
    : target_(target), planned_(planned), random_(seed) {}

Context::~Context() = default;

const Profile& Context::profile() const {
    return target_.profile();
}

std::chrono::milliseconds Context::deadline() const {
    return check().deadline ? check().deadline(profile()) : profile().limits.check_deadline;
}

std::shared_ptr<const Identity> Context::identity(const std::string& role) const {
    const auto found = profile().identities.find(role);
    return found == profile().identities.end() ? nullptr : found->second;
}

std::shared_ptr<const Identity> Context::serving_identity() const {
    return gateproof::serving_identity(profile());
}

std::string Context::excerpt(std::string_view bytes) const {
    constexpr std::size_t looked_at = std::size_t{16} * 1024;
    constexpr std::size_t shown = 300;
    std::string text(bytes.substr(0, looked_at));
    target_.redactor().apply(text);
    text.resize(std::min(text.size(), shown));
    return text;
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

asio::awaitable<std::shared_ptr<void>> Context::permit(Stay stay) {
    const std::shared_ptr<void> counted = count_wait();
    Politeness& politeness = target_.politeness();
    if (stay == Stay::held) {
        Permit idle = co_await politeness.acquire_idle();
        co_return idle;
    }
    Permit permit = co_await politeness.acquire(Politeness::Priority::check);
    co_return permit;
}

Clock::duration Context::waited() const {
    return waited_ + (waiting_ > 0 ? Clock::now() - waiting_since_ : Clock::duration::zero());
}

void Context::note(std::string_view offer, const ServerAnswer& answer) {
    Observation& observation = evidence_.add("client_hello").with("offered", offer).with("answer", answer.summary());
    if (answer.alert) {
        observation.with("alert", answer.alert->name());
    }
    if (!answer.detail.empty()) {
        observation.with("detail", answer.detail);
    }
}

asio::awaitable<ServerAnswer> Context::client_hello(ClientHello hello, ServerAnswerParser::Until until) {
    const Permit slot = co_await permit();
    ServerAnswer answer =
        co_await exchange_client_hello(executor(), profile().endpoint, hello.encode(), until, timeouts());
    note(describe(hello), answer);
    co_return answer;
}

asio::awaitable<ServerAnswer> Context::client_hello(Ssl2ClientHello hello) {
    const Permit slot = co_await permit();
    ServerAnswer answer = co_await exchange_client_hello(executor(), profile().endpoint, hello.encode(),
                                                         ServerAnswerParser::Until::server_hello, timeouts());
    note(fmt::format("{} ({} cipher specs)", to_string(hello.newest), hello.cipher_specs.size()), answer);
    co_return answer;
}

asio::awaitable<TcpExchange> Context::tcp(Endpoint endpoint, std::string bytes, std::size_t max_bytes) {
    const Permit slot = co_await permit();
    const std::size_t sent = bytes.size();
    const Clock::time_point begun = Clock::now();
    const std::string authority = endpoint.authority();
    TcpExchange exchange =
        co_await tcp_exchange(executor(), std::move(endpoint), std::move(bytes), max_bytes, timeouts());
    evidence_.add("tcp_exchange")
        .with("authority", authority)
        .with("connected", exchange.connected)
        .with("sent_bytes", sent)
        .with("received_bytes", exchange.bytes.size())
        .with("received", excerpt(exchange.bytes))
        .with("end", to_string(exchange.end))
        .with("detail", exchange.detail)
        .with("duration_ms", milliseconds_since(begun));
    co_return exchange;
}

HttpRequest Context::request_of(const Operation& operation) const {
    return make_request(profile(), operation);
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

asio::awaitable<HttpOutcome> Context::http(HttpRequest request) {
    const Permit slot = co_await permit();
    request.connect_timeout = profile().limits.connect_timeout;
    request.timeout = profile().limits.probe_timeout;
    guard(request);
    const HttpRequest sent = request;
    HttpOutcome outcome = co_await target_.http().send(std::move(request));
    note_http(evidence_.add("http_exchange"), sent, outcome, *this);
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
    if (connection.step.end == Ending::unproven && !secret.empty()) {
        note_withheld(endpoint, connection.step.detail, secret);
    }
    Observation& observation =
        evidence_.add("tls_handshake").with("identity", role).with("result", connection.step.summary());
    if (connection.step.ok()) {
        observation.with("version", to_string(connection.session->version()))
            .with("cipher_suite", connection.session->cipher_suite())
            .with("resumed", connection.session->resumed())
            .with("certificate_requested", connection.session->certificate_requested())
            .with("remote_address", connection.session->remote_address());
    }
    co_return connection;
}

asio::awaitable<Verdict> Context::work() {
    std::optional<ControlService::Work> working(std::in_place, target_.controls());
    Verdict verdict = co_await std::get<GatewayCheck>(check().run)(*this);
    working.reset();
    co_return verdict;
}

asio::awaitable<bool> Context::control_after() {
    const Clock::time_point ended = Clock::now();
    co_await target_.controls().settle();
    const bool served = co_await control_since(ended, "after");
    co_return served;
}

asio::awaitable<bool> Context::control() {
    return control_since(Clock::now(), "during");
}

asio::awaitable<bool> Context::control_since(Clock::time_point moment, std::string_view phase) {
    const ControlResult result = co_await target_.controls().since(moment);
    flaky_ = flaky_ || (result.served && result.attempts > 1);
    control_summary_ = result.summary;
    if (withheld_.empty()) {
        withheld_ = result.withheld;
    }
    evidence_.add("control")
        .with("phase", phase)
        .with("operation", profile().control)
        .with("served", result.served)
        .with("result", result.summary)
        .with("attempts", result.attempts)
        .with("age_ms", milliseconds_since(result.begun));
    co_return result.served;
}

}  // namespace gateproof
