#include "harness/stage/stage.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "harness/stage/raw_flight.hpp"
#include "harness/stage/server_tls.hpp"
#include "harness/stage/state.hpp"

namespace gateproof::stage {
namespace asio = boost::asio;

namespace {

constexpr std::size_t most_late_visits = 1000;

/// How many graves this process can afford: where few descriptors may be open, the living need them.
std::size_t affordable_graves() {
    constexpr rlim_t share = 16;
    rlimit limit{};
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<std::size_t>(limit.rlim_cur / share)
                                                 : StageLimits{}.graves;
}

bool needs_library(HandshakeAct::Kind kind) {
    using Kind = HandshakeAct::Kind;
    return kind == Kind::as_usual || kind == Kind::foreign_signature || kind == Kind::refuses_certificate;
}

}  // namespace

Played::Played(Scene wanted) : scene(std::move(wanted)) {
    if (needs_library(scene.handshake.kind)) {
        context = server_context(scene);
    } else if (scene.handshake.kind == HandshakeAct::Kind::raw_flight) {
        if (const std::string fault = raw_flight_fault(scene); !fault.empty()) {
            throw std::invalid_argument("the scene cannot be played: " + fault);
        }
    }
}

AnswerAct Played::next_answer(const Request& request) {
    const bool more = answers_given < scene.answers.size();
    if (!more && (!scene.every_answer || scene.answers.empty())) {
        return {};
    }
    const AnswerAct& next = more ? scene.answers[answers_given] : scene.answers.back();
    if (!belongs(request, next.callers)) {
        return {};
    }
    answers_given += more ? 1 : 0;
    return next;
}

void Stage::State::bury(std::shared_ptr<Listener> listener) {
    boost::system::error_code ignored;
    if (ended || limits.graves == 0 || listener->chosen) {
        listener->acceptor.close(ignored);
        return;
    }
    listener->closes = std::chrono::steady_clock::now() + limits.grave;
    graves.push_back(std::move(listener));
    while (graves.size() > limits.graves) {
        graves.front()->acceptor.close(ignored);
        graves.pop_front();
    }
    if (graves.size() == 1) {
        close_old_graves();
    }
}

void Stage::State::close_old_graves() {
    boost::system::error_code ignored;
    const auto now = std::chrono::steady_clock::now();
    while (!graves.empty() && graves.front()->closes <= now) {
        graves.front()->acceptor.close(ignored);
        graves.pop_front();
    }
    if (graves.empty()) {
        return;
    }
    caretaker.expires_at(graves.front()->closes);
    caretaker.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (!error && !self->ended) {
            self->close_old_graves();
        }
    });
}

void Stage::State::note_late(LateVisit visit) {
    late.push_back(std::move(visit));
    if (late.size() > most_late_visits) {
        late.pop_front();
    }
}

void Stage::State::measure() {
    metronome.expires_after(Lateness::beat);
    metronome.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (error || self->ended) {
            return;
        }
        self->lateness.note(self->metronome.expiry(), std::chrono::steady_clock::now());
        self->measure();
    });
}

Lateness Stage::State::late_since(Time begin) const {
    Lateness until_now = lateness.since(begin);
    const Time now = std::chrono::steady_clock::now();
    if (!ended && now >= begin) {
        until_now.note(metronome.expiry(), now);  // its turn may be about to come
    }
    return until_now;
}

Stage::Stage(asio::any_io_executor executor, StageLimits limits)
    : state_(std::make_shared<State>(std::move(executor), limits)) {
    state_->limits.graves = std::min(limits.graves, affordable_graves());
    state_->measure();
}

Stage::~Stage() {
    state_->ended = true;
    state_->caretaker.cancel();
    state_->metronome.cancel();
    for (const std::shared_ptr<Listener>& grave : state_->graves) {
        boost::system::error_code ignored;
        grave->acceptor.close(ignored);
    }
    state_->graves.clear();
}

std::unique_ptr<Place> Stage::open(Scene scene, PlaceOptions options) {
    const auto state = std::make_shared<Place::State>(state_, std::move(options));
    std::vector<Door> wanted{Door{{}, std::move(scene), state->options.application, false}};
    for (Door& door : state->options.doors) {
        wanted.push_back(std::move(door));
    }
    state->options.doors.clear();
    auto place = std::make_unique<Place>(state);
    for (Door& door : wanted) {
        auto made = std::make_unique<DoorState>();
        made->played = door.scene ? std::make_shared<Played>(*door.scene) : nullptr;
        made->door = std::move(door);
        state->doors.push_back(std::move(made));
        const bool own = state->doors.size() == 1;
        state->open(*state->doors.back(), state->options.ipv6, own ? state->options.port : std::uint16_t{0});
    }
    return place;
}

std::vector<LateVisit> Stage::late() const {
    return {state_->late.begin(), state_->late.end()};
}

std::size_t Stage::open_connections() const {
    return state_->open;
}

Lateness Stage::lateness(Time since) const {
    return state_->late_since(since);
}

}  // namespace gateproof::stage
