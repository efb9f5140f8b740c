#include "harness/run/client/stay.hpp"

#include <utility>
#include <vector>

namespace gateproof {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

/// Between two looks at software that says nothing; its end wakes at once.
constexpr milliseconds longest_look{10'000};

}  // namespace

Stay::Stay(std::shared_ptr<Performance> performance, Place turn, StayParts parts, std::string apart)
    : performance_(std::move(performance)),
      turn_(std::move(turn)),
      parts_(std::move(parts)),
      scenes_(std::move(apart)) {}

Stay::~Stay() {
    performance_->abandon();
}

void Stay::change(stage::Scene scene) {
    const std::string apart = parts_.apart(scene);
    scenes_ = scenes_.starts_with("none") ? apart : scenes_ + ", then " + apart;
    performance_->place().set_scene(std::move(scene));
    changed_ = Clock::now();
    performance_->place().end_connections();
}

asio::awaitable<Attempt> Stay::until(std::function<bool(const Attempt&)> holds, milliseconds patience) {
    const Clock::time_point latest = Clock::now() + patience;
    for (;;) {
        Attempt seen = performance_->so_far();
        std::erase_if(seen.visits, [this](const stage::Visit& visit) { return visit.began < changed_; });
        if (holds(seen) || performance_->has_ended() || Clock::now() >= latest) {
            co_return seen;
        }
        co_await performance_->place().changed(std::chrono::ceil<milliseconds>(latest - Clock::now()));
    }
}

asio::awaitable<Attempt> Stay::to_its_end() {
    while (!performance_->has_ended()) {
        co_await performance_->place().changed(longest_look);
    }
    Attempt attempt = co_await end();
    co_return attempt;
}

asio::awaitable<Attempt> Stay::end() {
    Attempt attempt = co_await performance_->end();
    parts_.note(scenes_, attempt);
    co_return attempt;
}

}  // namespace gateproof
