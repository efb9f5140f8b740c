// Time limits and the wish to stop: every wait of the client obeys both.
#pragma once

#include <chrono>
#include <string>

namespace gateproof::client {

using Clock = std::chrono::steady_clock;
using Moment = Clock::time_point;

/// What cannot be used: a file, an address, an option. The text says which, and
/// what to do.
struct Unusable {
    std::string text;
};

/// Asks a client that acts in another thread to come to an end.
class Stop {
public:
    /// Throws Unusable when the system has no descriptor left.
    Stop();
    ~Stop();
    Stop(const Stop&) = delete;
    Stop& operator=(const Stop&) = delete;

    /// May be called from any thread, and from a signal handler.
    void request() const noexcept;
    [[nodiscard]] bool requested() const;
    /// Readable from the request on.
    [[nodiscard]] int descriptor() const { return ends_[0]; }

private:
    int ends_[2] = {-1, -1};
};

enum class Wait { ready, late, stopped };

/// Until the descriptor is ready for what poll(2) calls `events`, or has
/// failed.
Wait wait_for(int descriptor, short events, Moment until, const Stop& stop);
/// Lets the time pass.
Wait pause_until(Moment until, const Stop& stop);

/// A descriptor that is closed once.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] bool valid() const { return number_ >= 0; }
    int release() {
        const int number = number_;
        number_ = -1;
        return number;
    }

private:
    int number_ = -1;
};

}  // namespace gateproof::client
