#include "suites/gateway/port/suite.hpp"

#include "harness/probe/http/http1.hpp"
#include "harness/run/context.hpp"
#include "suites/gateway/port/addresses.hpp"
#include "suites/gateway/port/rest.hpp"
#include "suites/shared/asked.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

constexpr std::size_t max_plain_answer = std::size_t{64} * 1024;
constexpr std::size_t longest_record = std::size_t{16} * 1024;  ///< RFC 8446 5.1

/// A credential must not travel in clear.
std::string plain_request(const Profile& profile) {
    HttpRequest request = bare_request(profile, profile.control_operation().path);
    request.headers = {{"Accept", "*/*"}};
    return wire(request, Connection::close);
}

/// Profile, URL and published port agree; nothing is sent.
awaitable<Verdict> declared(Context& ctx) {
    const Profile& profile = ctx.profile();
    co_return judge_declared(profile.endpoint, profile.environment, profile.channel);
}

awaitable<Verdict> open(Context& ctx) {
    const Endpoint& endpoint = ctx.profile().endpoint;
    const TcpExchange exchange = co_await ctx.tcp(endpoint, {}, 0);
    co_return judge_open(exchange, endpoint.authority());
}

/// RFC 8446 4.1.2: a ClientHello is answered in TLS.
awaitable<Verdict> speaks_tls(Context& ctx) {
    const TriedHello tried = co_await try_hello(ctx, ctx.offering(TlsVersion::tls_1_3, TlsVersion::tls_1_2));
    const ServerAnswer& answer = tried.answer;
    if (!tried.tries.rests_on_resets()) {
        co_return judge_speaks_tls(answer, nullptr);
    }
    // A server that knows HTTP alone may just close on bytes that it cannot read.
    const Endpoint& endpoint = ctx.profile().endpoint;
    const TcpExchange plain = co_await ctx.tcp(endpoint, plain_request(ctx.profile()), max_plain_answer);
    // A TLS listener may also answer HTTP in clear with 400: only a port without TLS gives more.
    const std::optional<int> status = status_of(without_interim(plain.bytes));
    co_return judge_speaks_tls(answer, status && *status != 400 ? &plain : nullptr);
}

/// A request in clear, and what came of it: bytes rather than none, and service rather than anything else.
struct TriedInClear {
    TcpExchange exchange;
    Tries tries{Tries::Ask::counted};
};

awaitable<TriedInClear> try_in_clear(Context& ctx, std::string request) {
    TriedInClear tried;
    bool served = false;  // once is enough, however the others would end
    while (!served) {
        const bool on = co_await asks_on(ctx, tried.tries);
        if (!on) {
            break;
        }
        TcpExchange next = co_await ctx.tcp(ctx.profile().endpoint, request, max_plain_answer);
        tried.tries.add(answer_of(next));
        if (!next.bytes.empty() || tried.exchange.bytes.empty()) {
            tried.exchange = std::move(next);
        }
        const Verdict so_far = judge_plaintext(tried.exchange, tried.tries, ctx.profile().control_operation());
        served = so_far.outcome() == Outcome::fail;
    }
    note_tries(ctx, tried.tries);
    co_return tried;
}

/// An HTTP request in clear gets no service on the TLS port.
awaitable<Verdict> plaintext_refused(Context& ctx) {
    std::string request = plain_request(ctx.profile());
    TriedInClear tried = co_await try_in_clear(ctx, request);
    if (tried.exchange.connected && tried.exchange.bytes.empty() && tried.exchange.end == Ending::timeout) {
        // It may wait for the rest of a record whose length it has read from the request line.
        request.append(longest_record, '\n');
        tried = co_await try_in_clear(ctx, std::move(request));
    }
    co_return judge_plaintext(tried.exchange, tried.tries, ctx.profile().control_operation());
}

/// What shows whether the cloud is served there: what reads, and the control operation.
std::vector<const Operation*> asked_on_desktop(const Profile& profile) {
    std::vector<const Operation*> asked;
    for (const auto& [name, operation] : profile.operations) {
        if (operation.method == "GET" || name == profile.control) {
            asked.push_back(&operation);
        }
    }
    return asked;
}

std::string no_desktop(const Profile& profile) {
    if (!profile.desktop) {
        return "the profile does not say where the desktop channel listens; add \"desktop\" with its URL";
    }
    for (const Operation* operation : asked_on_desktop(profile)) {
        if (std::string reason = secret_unmet(profile, profile.desktop->endpoint, *operation); !reason.empty()) {
            return reason;
        }
    }
    return {};
}

/// The cloud paths, without a client certificate, give no service on the desktop port.
awaitable<Verdict> no_cloud_service_on_443(Context& ctx) {
    const Profile& profile = ctx.profile();
    std::vector<std::pair<Operation, TriedRequest>> outcomes;
    for (const Operation* operation : asked_on_desktop(profile)) {
        HttpRequest request = ctx.request_of(*operation);
        request.endpoint = profile.desktop->endpoint;
        request.endpoint.path_prefix = profile.endpoint.path_prefix;
        request.identity = nullptr;
        TriedRequest tried = co_await try_request(ctx, std::move(request), *operation, Tries(Tries::Ask::counted));
        outcomes.emplace_back(*operation, std::move(tried));
    }
    co_return judge_cloud_on_desktop(outcomes);
}

/// RFC 9110 10.2.2: no Location leads to another scheme, host or port.
awaitable<Verdict> redirects_stay(Context& ctx) {
    const Profile& profile = ctx.profile();
    const std::vector<std::string> paths = redirect_paths(profile);
    std::vector<Redirect> tried;
    for (const std::string& path : paths) {
        HttpRequest request;
        request.endpoint = profile.endpoint;
        request.path = path;
        request.identity = ctx.serving_identity();
        Redirect redirect;
        redirect.path = path;
        const auto once = [&] { return ctx.http(request); };
        redirect.outcome = co_await until_answered(once, [](const HttpOutcome& outcome) { return outcome.was_cut(); });
        tried.push_back(std::move(redirect));
    }
    co_return judge_redirects(tried, profile.endpoint);
}

awaitable<Verdict> no_client_certificate_asked(Context& ctx) {
    std::vector<std::string> acceptable;
    const std::vector<AskedOutcome> outcomes = co_await ask_for_certificate(ctx, acceptable);
    co_return judge_not_asked(outcomes);
}

/// The unencrypted HTTP port of the same host gives no service.
awaitable<Verdict> http_80_gives_no_service(Context& ctx) {
    const Profile& profile = ctx.profile();
    const Operation& operation = profile.control_operation();
    HttpRequest request = ctx.request_of(operation);
    request.endpoint = profile.plain_http;
    request.tls = false;
    request.identity = nullptr;
    request.headers.clear();  // a credential of the operation must not travel in clear
    request.body.clear();
    request.secret.clear();
    const TriedRequest tried = co_await try_request(ctx, std::move(request), operation, Tries(Tries::Ask::counted));
    co_return judge_plain_http(tried, operation, "http://" + profile.plain_http.authority());
}

Need goes_out_directly() {
    return need(
        "a way without a proxy",
        "needs connections that go out directly: endpoint.proxy resolves the name and chooses the address; run it "
        "from a place that needs no proxy",
        [](const Profile& profile) { return profile.endpoint.proxy == nullptr; });
}

}  // namespace

Suite port_suite() {
    return {"port", "Ports",
            checks({.requirements = {decides("CLOUD-PORT"), decides("DESK-PORT")}, .control = Control::none},
                   {{.id = "port.declared", .title = "Profile, URL and published port must agree", .run = declared},
                    {.id = "port.open", .title = "The port must accept connections", .run = open},
                    {.id = "port.speaks-tls", .title = "The port must speak TLS", .run = speaks_tls},
                    {.id = "port.plaintext-refused",
                     .title = "An HTTP request in clear must get no service",
                     .run = plaintext_refused,
                     .intrusiveness = Intrusiveness::active,
                     .control = Control::for_pass},
                    {.id = "port.no-cloud-service-on-443",
                     .title = "The cloud paths must give no service on the desktop port",
                     .requirements = {decides("CLOUD-PORT")},
                     .run = no_cloud_service_on_443,
                     .control = Control::bracket,
                     .channels = {Channel::cloud},
                     .mock_lacks = "no desktop channel of its hosts is published",
                     .needs = {{"address of the desktop channel", no_desktop}}},
                    {.id = "port.redirects-stay",
                     .title = "No redirect may lead to another port or scheme",
                     .run = redirects_stay,
                     .control = Control::bracket},
                    {.id = "port.every-address",
                     .title = "Every address and every node behind it must serve and refuse alike",
                     .requirements = {adds("CLOUD-TLS-MIN"), adds("DESK-TLS-MIN"), adds("TLS-CIPHERS"),
                                      adds("CLOUD-MTLS-REQUIRED"), adds("CLOUD-MTLS-ENROLLED")},
                     .run = every_address(),
                     .control = Control::bracket,
                     .needs = {goes_out_directly()}},
                    {.id = "port.no-client-certificate-asked",
                     .title = "No client certificate may be asked for",
                     .requirements = {decides("DESK-PORT"), decides("DESK-ONE-WAY")},
                     .run = no_client_certificate_asked,
                     .channels = {Channel::desktop}},
                    {.id = "port.no-rest-on-desktop",
                     .title = "No REST service may answer on the desktop channel",
                     .requirements = {decides("DESK-SOAP-ALONE")},
                     .run = no_rest_on_desktop,
                     .intrusiveness = Intrusiveness::active,
                     .control = Control::bracket,
                     .channels = {Channel::desktop}},
                    {.id = "port.http-80-gives-no-service",
                     .title = "The plain HTTP port must give no service",
                     .requirements = {decides("DESK-PORT")},
                     .run = http_80_gives_no_service,
                     .control = Control::bracket,
                     .channels = {Channel::desktop}}})};
}

}  // namespace gateproof::suites
