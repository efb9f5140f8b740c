#include "harness/stage/place.hpp"

#include <fmt/format.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>

#include "harness/stage/state.hpp"
#include "harness/text/ascii.hpp"

namespace gateproof::stage {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

std::string address_text(const tcp::socket& socket) {
    error_code error;
    const tcp::endpoint from = socket.remote_endpoint(error);
    return error ? std::string()
                 : fmt::format(fmt::runtime(from.address().is_v6() ? "[{}]:{}" : "{}:{}"), from.address().to_string(),
                               from.port());
}

void close_by_reset(tcp::socket& socket) {
    error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
}

/// Takes who comes while the place is there, and notes who comes to its grave.
asio::awaitable<void> listen(std::shared_ptr<Stage::State> stage, std::weak_ptr<Place::State> weak,
                             std::shared_ptr<Listener> listener, DoorState* door, LateVisit late) {
    constexpr std::chrono::milliseconds breath{50};  // where descriptors have run out
    asio::steady_timer timer(stage->executor);
    while (listener->acceptor.is_open()) {
        error_code error;
        tcp::socket socket = co_await listener->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (error == asio::error::operation_aborted || !listener->acceptor.is_open()) {
            break;
        }
        if (error) {
            timer.expires_after(breath);
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
            continue;
        }
        if (const std::shared_ptr<Place::State> place = weak.lock(); place && !place->ended) {
            place->came(*door, std::move(socket));
            continue;
        }
        late.from = address_text(socket);
        late.at = std::chrono::system_clock::now();
        stage->note_late(late);
        close_by_reset(socket);
    }
}

/// This machine has no IPv6, or not its loopback address.
bool is_lacking(const error_code& error) {
    return error == asio::error::address_family_not_supported || error == boost::system::errc::address_not_available ||
           error == boost::system::errc::protocol_not_supported;
}

}  // namespace

Listener::Listener(const asio::any_io_executor& executor, const tcp::endpoint& at, bool to_be_had_again, bool open)
    : chosen(to_be_had_again), acceptor(executor) {
    acceptor.open(at.protocol());
    if (at.address().is_v6()) {
        acceptor.set_option(asio::ip::v6_only(true));
    }
    acceptor.set_option(asio::socket_base::reuse_address(at.port() != 0 || to_be_had_again));
    acceptor.bind(at);
    if (open) {
        acceptor.listen();
    }
}

const DoorState& Place::State::door(std::string_view name) const {
    const auto found =
        std::find_if(doors.begin(), doors.end(), [&](const auto& one) { return one->door.name == name; });
    if (found == doors.end()) {
        throw std::out_of_range(fmt::format("the place has no door {}", name));
    }
    return **found;
}

DoorState* Place::State::door_at(std::string_view host, std::string_view port) const {
    const auto found = std::find_if(doors.begin(), doors.end(), [&](const auto& one) {
        return !one->door.name.empty() && std::to_string(one->port) == port &&
               same_ignoring_case(host, one->door.host.empty() ? options.host : one->door.host);
    });
    return found == doors.end() ? nullptr : found->get();
}

Doors Place::State::numbered_doors() const {
    Doors numbered;
    for (const std::unique_ptr<DoorState>& one : doors) {
        if (!one->door.name.empty()) {
            numbered.emplace(one->door.name, one->port);
        }
    }
    return numbered;
}

void Place::State::open(DoorState& door, bool ipv6, std::uint16_t port) {
    constexpr int tries = 20;  // the port that the first address got may be taken on the next
    const bool again = port != 0 || !options.leaves_grave;
    std::vector<std::string> addresses = options.addresses;
    if (addresses.empty()) {
        addresses = ipv6 ? std::vector<std::string>{"127.0.0.1", "::1"} : std::vector<std::string>{"127.0.0.1"};
    }
    const bool closed = options.first_closed && addresses.size() > 1;
    const auto bind = [&](std::size_t place, std::uint16_t at) {
        const tcp::endpoint where(asio::ip::make_address(addresses[place]), at);
        door.listeners.push_back(std::make_shared<Listener>(stage->executor, where, again, place > 0 || !closed));
    };
    for (int left = addresses.size() > 1 && port == 0 ? tries : 1; left > 0; --left) {
        door.listeners.clear();
        bind(0, port);
        door.port = door.listeners.front()->acceptor.local_endpoint().port();
        try {
            for (std::size_t place = 1; place < addresses.size(); ++place) {
                bind(place, door.port);
            }
            break;
        } catch (const boost::system::system_error& problem) {
            if (options.addresses.empty() && is_lacking(problem.code())) {
                break;  // then no name leads there either
            }
            if (left == 1 || problem.code() != asio::error::address_in_use) {
                throw;
            }
        }
    }
    for (std::size_t place = closed ? 1 : 0; place < door.listeners.size(); ++place) {
        asio::co_spawn(stage->executor,
                       listen(stage, weak_from_this(), door.listeners[place], &door,
                              LateVisit{options.name, door.door.name, {}, {}}),
                       asio::detached);
    }
}

void Place::State::forget_oldest() {
    if (seen.size() < most_visits) {
        return;
    }
    for (const RequestSeen& request : seen.front()->requests) {
        kept -= request.raw ? request.raw->body.size() : 0;
    }
    seen.erase(seen.begin());  // whoever is still there goes on
}

void Place::State::came(DoorState& door, tcp::socket socket) {
    if (options.lasting) {
        forget_oldest();
    }
    if (connections.size() >= stage->limits.connections_of_place || stage->open >= stage->limits.connections ||
        seen.size() >= most_visits) {
        ++turned_away;
        close_by_reset(socket);
        changed();
        return;
    }
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.set_option(tcp::no_delay(true), ignored);
    const auto visit = std::make_shared<Visit>();
    visit->number = ++stage->visits;
    visit->place = options.name;
    visit->door = door.door.name;
    visit->stray = door.door.stray;
    visit->from = address_text(socket);
    visit->began_at = std::chrono::system_clock::now();
    visit->began = std::chrono::steady_clock::now();
    seen.push_back(visit);
    const auto connection = std::make_shared<Connection>(std::move(socket), visit);
    connection->played = door.played;
    connection->application = door.door.application ? door.door.application : options.application;
    connections.push_back(connection);
    ++stage->open;
    const auto ended_so = [self = shared_from_this(), connection](const std::exception_ptr& thrown) {
        Visit& seen_by_then = *connection->visit;
        try {
            if (thrown) {
                std::rethrow_exception(thrown);
            }
        } catch (const boost::system::system_error&) {  // cancelled
            seen_by_then.by_stage = true;
        } catch (const std::exception& problem) {
            seen_by_then.by_stage = true;
            seen_by_then.end = Ending::local;
            seen_by_then.detail = problem.what();
        }
        self->gone(connection);
    };
    asio::co_spawn(stage->executor, play(shared_from_this(), connection),
                   asio::bind_cancellation_slot(connection->stop.slot(), ended_so));
    changed();
}

void Place::State::gone(const std::shared_ptr<Connection>& connection) {
    error_code ignored;
    connection->socket.close(ignored);
    if (!connection->visit->ended) {
        connection->visit->ended = std::chrono::steady_clock::now();
    }
    std::erase(connections, connection);
    --stage->open;
    changed();
}

void Place::State::changed() {
    for (const std::shared_ptr<Waiter>& waiter : std::exchange(waiters, {})) {
        waiter->woken = true;
        waiter->timer.cancel();
    }
}

void Place::State::end() {
    if (std::exchange(ended, true)) {
        return;
    }
    for (const std::unique_ptr<DoorState>& door : doors) {
        for (std::shared_ptr<Listener>& listener : door->listeners) {
            stage->bury(std::move(listener));
        }
        door->listeners.clear();
    }
    const std::vector<std::shared_ptr<Connection>> open = connections;
    for (const std::shared_ptr<Connection>& connection : open) {
        Visit& visit = *connection->visit;
        if (!visit.ended) {
            visit.ended = std::chrono::steady_clock::now();
        }
        if (visit.end == Ending::ok) {
            visit.end = Ending::timeout;
            visit.by_stage = true;
            visit.detail = "still open when its place ended";
        }
        connection->stop.emit(asio::cancellation_type::terminal);
        error_code ignored;
        connection->socket.close(ignored);
    }
    changed();
}

std::vector<Visit> Place::State::visits(bool strays) const {
    std::vector<Visit> out;
    for (const std::shared_ptr<Visit>& visit : seen) {
        if (visit->stray == strays) {
            out.push_back(*visit);
        }
    }
    return out;
}

Place::Place(std::shared_ptr<State> state) : state_(std::move(state)) {}

Place::~Place() {
    end();
    state_->seen.clear();
}

const std::string& Place::name() const {
    return state_->options.name;
}

const std::string& Place::host() const {
    return state_->options.host;
}

std::uint16_t Place::port(std::string_view door) const {
    return state_->door(door).port;
}

std::string Place::url(std::string_view door) const {
    const DoorState& wanted = state_->door(door);
    return fmt::format("https://{}:{}", wanted.door.host.empty() ? host() : wanted.door.host, wanted.port);
}

std::string Place::proxy_url() const {
    return fmt::format("http://127.0.0.1:{}", port());
}

void Place::set_scene(Scene scene) {
    DoorState& own = *state_->doors.front();
    own.played = std::make_shared<Played>(scene);
    own.door.scene = std::move(scene);
}

const Scene& Place::scene() const {
    return *state_->doors.front()->door.scene;
}

void Place::end_connections() {
    const std::vector<std::shared_ptr<Connection>> open = state_->connections;
    for (const std::shared_ptr<Connection>& connection : open) {
        connection->leave = true;
        if (connection->idle) {
            error_code ignored;
            connection->socket.cancel(ignored);
        }
    }
}

std::vector<Visit> Place::visits() const {
    return state_->visits(false);
}

std::vector<Visit> Place::strays() const {
    return state_->visits(true);
}

std::size_t Place::turned_away() const {
    return state_->turned_away;
}

bool Place::has_visits() const {
    return !state_->seen.empty();
}

bool Place::busy() const {
    return !state_->connections.empty();
}

asio::awaitable<bool> Place::changed(std::chrono::milliseconds timeout) {
    const std::shared_ptr<State> state = state_;
    const auto waiter = std::make_shared<State::Waiter>(state->stage->executor);
    waiter->timer.expires_after(timeout);
    state->waiters.push_back(waiter);
    error_code error;
    co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    std::erase(state->waiters, waiter);
    if (error && !waiter->woken) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
    co_return waiter->woken;
}

Lateness Place::lateness() const {
    return state_->stage->late_since(state_->opened);
}

void Place::wake() {
    state_->changed();
}

void Place::end() {
    state_->end();
}

}  // namespace gateproof::stage
