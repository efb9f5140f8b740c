#include "gateway/gateway.hpp"

#include <openssl/rand.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "gateway/authority/authority.hpp"
#include "gateway/faults/fault_set.hpp"
#include "gateway/fixture/fixture.hpp"
#include "gateway/http/session.hpp"
#include "gateway/services/description.hpp"
#include "gateway/services/services.hpp"
#include "gateway/services/token_texts.hpp"
#include "gateway/tls/pki.hpp"
#include "gateway/tls/rotation.hpp"

namespace gateproof::gateway {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds accept_pause{20};

/// Bound, and listening unless `closed`: then the port is taken and every connection to it is refused.
tcp::acceptor listen_on(asio::io_context& loop, const std::string& address, std::uint16_t port, bool closed = false) {
    try {
        const tcp::endpoint endpoint(asio::ip::make_address(address), port);
        tcp::acceptor acceptor(loop, endpoint.protocol());
        acceptor.set_option(tcp::acceptor::reuse_address(true));
        acceptor.bind(endpoint);
        if (!closed) {
            acceptor.listen();
        }
        return acceptor;
    } catch (const boost::system::system_error& error) {  // not a std::system_error
        throw std::system_error(static_cast<std::error_code>(error.code()),
                                "cannot listen on " + address + " port " + std::to_string(port));
    }
}

/// A listener and, where the first is on 127.0.0.1, another on the same port of the machine's other loopback address.
struct Doors {
    tcp::acceptor first;
    std::optional<tcp::acceptor> second;  ///< none: the port is taken there
    std::string second_address;
};

Doors open_doors(asio::io_context& loop, const std::string& address, std::uint16_t port, bool closed) {
    Doors doors{listen_on(loop, address, port, closed), std::nullopt, {}};
    // Without IPv6 there is 127.0.0.2, which is another address all the same.
    for (const char* const other : {"::1", "127.0.0.2"}) {
        if (address != "127.0.0.1" || doors.second) {
            break;
        }
        try {
            doors.second = listen_on(loop, other, doors.first.local_endpoint().port(), closed);
            doors.second_address = other;
        } catch (const std::system_error&) {
            // It is for the checks that look at every address, and nothing else needs it.
        }
    }
    return doors;
}

std::string ticket_keys() {
    std::string keys(80, '\0');  // a name, an HMAC key and an AES key
    if (RAND_bytes(reinterpret_cast<unsigned char*>(keys.data()), static_cast<int>(keys.size())) != 1) {
        throw std::runtime_error("no random bytes for ticket keys");
    }
    return keys;
}

/// A connection's exception (out of memory, say) ends that connection and nothing else.
void swallow(const std::exception_ptr&) {}

/// Often enough that nobody is cut much too late.
std::chrono::milliseconds sweep_interval(const Timeouts& timeouts) {
    using std::chrono::milliseconds;
    return std::clamp(timeouts.shortest() / 20, milliseconds(10), milliseconds(250));
}

asio::awaitable<void> accept_connections(tcp::acceptor& acceptor, ListenerState& listener,
                                         std::size_t max_connections) {
    asio::steady_timer pause(acceptor.get_executor());
    while (true) {
        auto [error, socket] = co_await acceptor.async_accept(quietly);
        if (error == asio::error::operation_aborted) {
            co_return;
        }
        if (error) {  // out of descriptors, mostly: give others the time to end
            pause.expires_after(accept_pause);
            co_await pause.async_wait(quietly);
            continue;
        }
        boost::system::error_code gone;
        const tcp::endpoint source = socket.remote_endpoint(gone);
        if (!listener.allow_list.admits(source.address())) {
            reject(std::move(socket));
        } else if (listener.open.size() < max_connections) {
            asio::co_spawn(acceptor.get_executor(), serve_connection(std::move(socket), listener), swallow);
        }
    }
}

TokenStyle token_style(const FaultSet& faults) {
    TokenStyle made;
    if (faults.has("token-type-other")) {
        made.type = "JWT";
    }
    if (faults.has("token-algorithm-other")) {
        made.algorithm = "RS256";
    }
    if (faults.has("token-good-from-now")) {
        made.before = std::chrono::seconds(0);
    }
    return made;
}

}  // namespace

struct Gateway::State {
    explicit State(const Options& options);
    ~State();

    asio::awaitable<void> sweep();
    void set_up(ListenerState& listener, const Options& options, const std::string& keys);
    void accept_at(Doors& doors, ListenerState& first, ListenerState& second, std::size_t most);
    [[nodiscard]] std::array<ListenerState*, 7> listeners();

    FaultSet faults;
    FaultSet second_faults = faults.at_second_address();
    Pki pki{faults};
    Fixture fixture{pki};
    AccessTokens tokens;
    std::chrono::milliseconds code_lifetime;
    Authority authority;
    TokenTexts token_texts{fixture, authority.clients(), tokens};
    Services services{fixture, pki, authority.clients(), tokens, faults};
    ListenerState cloud{ListenerRole::cloud, pki, faults, nullptr, {}, {}};
    ListenerState desktop{ListenerRole::desktop, pki, faults, nullptr, {}, {}};
    ListenerState mock{ListenerRole::mock, pki, faults, nullptr, {}, {}};
    ListenerState second_cloud{ListenerRole::cloud, pki, second_faults, nullptr, {}, {}};
    ListenerState second_desktop{ListenerRole::desktop, pki, second_faults, nullptr, {}, {}};
    ListenerState second_mock{ListenerRole::mock, pki, second_faults, nullptr, {}, {}};
    ListenerState plain{ListenerRole::plain_http, pki, faults, nullptr, {}, {}};
    std::string address;
    std::chrono::milliseconds sweeps_every;
    // The loop goes before what its coroutines refer to.
    asio::io_context loop{1};
    Doors cloud_doors;
    Doors desktop_doors;
    Doors mock_doors;
    tcp::acceptor plain_acceptor;
    std::uint16_t cloud_port = 0;
    std::uint16_t desktop_port = 0;
    std::uint16_t mock_port = 0;
    std::uint16_t http_port = 0;
    std::string old_sessions;  ///< of the retired certificate, PEM
    std::thread thread;
};

Gateway::State::State(const Options& options)
    : faults(options.faults),
      tokens(std::chrono::system_clock::now, token_style(faults)),
      code_lifetime(options.code_lifetime),
      authority(fixture, tokens, faults, options.code_lifetime, options.pages_by_script),
      address(options.address),
      sweeps_every(sweep_interval(options.timeouts)),
      cloud_doors(open_doors(loop, options.address, options.cloud_port, faults.has("port-closed"))),
      desktop_doors(open_doors(loop, options.address, options.desktop_port, faults.has("port-closed"))),
      mock_doors(open_doors(loop, options.address, options.mock_port, faults.has("port-closed"))),
      plain_acceptor(listen_on(loop, options.address, 0)),
      cloud_port(cloud_doors.first.local_endpoint().port()),
      desktop_port(desktop_doors.first.local_endpoint().port()),
      mock_port(mock_doors.first.local_endpoint().port()),
      http_port(plain_acceptor.local_endpoint().port()) {
    desktop.authority = &authority;
    second_desktop.authority = &authority;
    plain.services = &services;
    mock.authority = &authority;
    second_mock.authority = &authority;
    const std::string shared_keys = ticket_keys();
    for (const auto& [first, second] :
         {std::pair(&cloud, &second_cloud), std::pair(&desktop, &second_desktop), std::pair(&mock, &second_mock)}) {
        // A ticket of one address is good at the other.
        const std::string keys = faults.has("tickets-shared-across-listeners") ? shared_keys : ticket_keys();
        set_up(*first, options, keys);
        set_up(*second, options, keys);
    }
    for (ListenerState* const listener : listeners()) {
        listener->timeouts = options.timeouts;
        listener->allow_list =
            AllowList(listener->role, options.allowed_sources, faults, options.reading == Reading::se_2021);
        listener->exchanges_certificates = options.reading == Reading::se_2021;
    }
    old_sessions = sessions_before_cut_over(*cloud.tls, pki.identities().find("retired")->second, "localhost");
    const std::size_t most = options.max_connections;
    if (!faults.has("port-closed")) {
        accept_at(cloud_doors, cloud, second_cloud, most);
        accept_at(desktop_doors, desktop, second_desktop, most);
        accept_at(mock_doors, mock, second_mock, most);
    }
    asio::co_spawn(loop, accept_connections(plain_acceptor, plain, most), asio::detached);
    asio::co_spawn(loop, sweep(), asio::detached);
    // Signals are the main thread's business.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread = std::thread([this] { loop.run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Gateway::State::set_up(ListenerState& listener, const Options& options, const std::string& keys) {
    listener.services = &services;
    listener.tls = std::make_unique<TlsServer>(listener.role, pki, listener.faults, keys, options.certificate_optional);
    if (listener.role == ListenerRole::cloud) {
        listener.throttle = std::make_unique<Throttle>(options.throttle_rate, options.throttle_burst, faults);
        listener.concurrency = std::make_unique<Concurrency>(options.calls_at_once, faults);
    }
}

void Gateway::State::accept_at(Doors& doors, ListenerState& first, ListenerState& second, std::size_t most) {
    asio::co_spawn(loop, accept_connections(doors.first, first, most), asio::detached);
    if (doors.second) {
        asio::co_spawn(loop, accept_connections(*doors.second, second, most), asio::detached);
    }
}

std::array<ListenerState*, 7> Gateway::State::listeners() {
    return {&cloud, &desktop, &mock, &second_cloud, &second_desktop, &second_mock, &plain};
}

Gateway::State::~State() {
    loop.stop();
    thread.join();
}

asio::awaitable<void> Gateway::State::sweep() {
    asio::steady_timer timer(loop);
    while (true) {
        timer.expires_after(sweeps_every);
        co_await timer.async_wait(quietly);
        const auto now = std::chrono::steady_clock::now();
        for (ListenerState* const listener : listeners()) {
            listener->close_overdue(now);
        }
    }
}

Gateway::Gateway(const Options& options) : state_(std::make_unique<State>(options)) {}
Gateway::~Gateway() = default;

std::uint16_t Gateway::cloud_port() const {
    return state_->cloud_port;
}
std::uint16_t Gateway::desktop_port() const {
    return state_->desktop_port;
}
std::uint16_t Gateway::mock_port() const {
    return state_->mock_port;
}
std::chrono::milliseconds Gateway::code_lifetime() const {
    return state_->code_lifetime;
}
std::uint16_t Gateway::http_port() const {
    return state_->http_port;
}

std::optional<std::string> Gateway::reference(std::string_view name) const {
    const auto url = [](const char* scheme, std::uint16_t port) {
        return std::string(scheme) + "://localhost:" + std::to_string(port);
    };
    if (name == "cloud-url") {
        return url("https", cloud_port());
    }
    if (name == "desktop-url") {
        return url("https", desktop_port());
    }
    if (name == "mock-url") {
        return url("https", mock_port());
    }
    if (name == "http-url") {
        return url("http", http_port());
    }
    const int wrong_by = state_->faults.has("declares-another-port") ? 1 : 0;
    if (name == "cloud-port") {
        return std::to_string(cloud_port() + wrong_by);
    }
    if (name == "desktop-port") {
        return std::to_string(desktop_port() + wrong_by);
    }
    if (name == "mock-port") {
        return std::to_string(mock_port() + wrong_by);
    }
    for (const auto& [prefix, doors] :
         {std::pair("cloud", &state_->cloud_doors), std::pair("desktop", &state_->desktop_doors),
          std::pair("mock", &state_->mock_doors)}) {
        if (name == std::string(prefix) + "-second-address") {
            return doors->second ? doors->second_address : "127.0.0.2";
        }
    }
    if (name == "other-name") {
        return std::string(other_server_name);
    }
    if (name == "ca.pem") {
        const bool other = state_->faults.has("server-trust-not-announced");
        return (other ? state_->pki.client_root() : state_->pki.server_root()).certificates_pem();
    }
    if (name == "server-pin") {
        const bool other = state_->faults.has("server-pin-not-announced");
        return key_pin((other ? state_->pki.client_root() : state_->pki.server_root()).certificate.get());
    }
    if (std::optional<std::string> description = published_description(name)) {
        return description;
    }
    if (name == "retired.sessions.pem") {
        return state_->old_sessions;
    }
    if (auto text = state_->pki.reference(name)) {
        return text;
    }
    if (auto text = state_->authority.reference(name)) {
        return text;
    }
    if (auto text = state_->token_texts.reference(name)) {
        return text;
    }
    return state_->fixture.reference(name);
}

std::vector<std::string> Gateway::reference_names() const {
    std::vector<std::string> names{"customer.openapi.yaml",
                                   "returns.wsdl",
                                   "Common.v2.xsd",
                                   "ReturnCommon.v2.xsd",
                                   "cloud-url",
                                   "desktop-url",
                                   "mock-url",
                                   "http-url",
                                   "other-name",
                                   "cloud-port",
                                   "desktop-port",
                                   "mock-port",
                                   "cloud-second-address",
                                   "desktop-second-address",
                                   "mock-second-address",
                                   "ca.pem",
                                   "client-ca.crt.pem",
                                   "client-ca.key.pem",
                                   "server-pin",
                                   "retired.sessions.pem"};
    for (const auto& [role, credential] : state_->pki.identities()) {
        names.push_back(role + ".crt.pem");
        names.push_back(role + ".key.pem");
    }
    for (const auto& more : {state_->fixture.reference_names(), state_->authority.reference_names(),
                             state_->token_texts.reference_names()}) {
        names.insert(names.end(), more.begin(), more.end());
    }
    return names;
}

}  // namespace gateproof::gateway
