// What stage, places and connections share on their loop. Of harness/stage alone.
#pragma once

#include <openssl/ssl.h>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "harness/stage/lateness.hpp"
#include "harness/stage/place.hpp"
#include "harness/stage/stage.hpp"

namespace gateproof::stage {

/// A scene as it is played: connections keep the one that they began with.
struct Played {
    /// Throws std::invalid_argument for a scene that cannot be played.
    explicit Played(Scene wanted);

    Scene scene;
    std::shared_ptr<SSL_CTX> context;  ///< null: no library has a part in it
    std::size_t answers_given = 0;     ///< of Scene::answers, over all connections

    /// How that request, the next one, is answered.
    AnswerAct next_answer(const Request& request);
};

/// A port. It outlives its place by a while, as its grave.
struct Listener {
    /// `open`: somebody listens; else the port is held, and whoever calls is refused.
    Listener(const boost::asio::any_io_executor& executor, const boost::asio::ip::tcp::endpoint& at,
             bool to_be_had_again, bool open = true);
    bool chosen;  ///< it is to be had again: no grave
    boost::asio::ip::tcp::acceptor acceptor;
    std::chrono::steady_clock::time_point closes{};  ///< of a grave
};

struct DoorState {
    Door door;
    std::shared_ptr<Played> played;  ///< null: nothing is answered
    std::vector<std::shared_ptr<Listener>> listeners;
    std::uint16_t port = 0;
};

/// One connection while it lasts.
struct Connection {
    Connection(boost::asio::ip::tcp::socket accepted, std::shared_ptr<Visit> seen)
        : socket(std::move(accepted)), visit(std::move(seen)) {}
    boost::asio::ip::tcp::socket socket;
    std::shared_ptr<Visit> visit;
    std::shared_ptr<Played> played;
    std::shared_ptr<Application> application;
    boost::asio::cancellation_signal stop;
    bool idle = false;   ///< between two requests
    bool leave = false;  ///< closes as soon as it is idle
};

struct Stage::State : std::enable_shared_from_this<Stage::State> {
    State(boost::asio::any_io_executor run, StageLimits bounds)
        : executor(std::move(run)), limits(bounds), caretaker(executor), metronome(executor) {}

    void bury(std::shared_ptr<Listener> listener);
    void close_old_graves();
    void note_late(LateVisit visit);
    void measure();
    [[nodiscard]] Lateness late_since(Time begin) const;

    boost::asio::any_io_executor executor;
    StageLimits limits;
    std::uint64_t visits = 0;
    std::size_t open = 0;
    bool ended = false;
    std::deque<LateVisit> late;
    std::deque<std::shared_ptr<Listener>> graves;
    boost::asio::steady_timer caretaker;
    boost::asio::steady_timer metronome;
    Lateness lateness;
};

struct Place::State : std::enable_shared_from_this<Place::State> {
    struct Waiter {
        explicit Waiter(const boost::asio::any_io_executor& executor) : timer(executor) {}
        boost::asio::steady_timer timer;
        bool woken = false;
    };
    static constexpr std::size_t most_visits = 1000;

    State(std::shared_ptr<Stage::State> on, PlaceOptions wanted) : stage(std::move(on)), options(std::move(wanted)) {}

    [[nodiscard]] const DoorState& door(std::string_view name) const;
    /// A further door of that host, whatever case, at that port; null: there is none.
    [[nodiscard]] DoorState* door_at(std::string_view host, std::string_view port) const;
    /// The ports of all doors but its own.
    [[nodiscard]] Doors numbered_doors() const;
    /// Binds the door's ports and begins to listen.
    void open(DoorState& door, bool ipv6, std::uint16_t port);
    void came(DoorState& door, boost::asio::ip::tcp::socket socket);
    /// Makes room for one more visit of a lasting place.
    void forget_oldest();
    void gone(const std::shared_ptr<Connection>& connection);
    /// Wakes whoever waits for something to change.
    void changed();
    void end();
    [[nodiscard]] std::vector<Visit> visits(bool strays) const;

    std::shared_ptr<Stage::State> stage;
    PlaceOptions options;
    std::vector<std::unique_ptr<DoorState>> doors;  ///< its own is the first
    std::vector<std::shared_ptr<Visit>> seen;
    std::vector<std::shared_ptr<Connection>> connections;
    std::vector<std::shared_ptr<Waiter>> waiters;
    std::size_t turned_away = 0;
    std::size_t kept = 0;  ///< bytes of bodies
    Time opened = std::chrono::steady_clock::now();
    bool ended = false;
};

/// Plays the connection's scene to its end. Throws when it is cancelled.
boost::asio::awaitable<void> play(std::shared_ptr<Place::State> place, std::shared_ptr<Connection> connection);

}  // namespace gateproof::stage
