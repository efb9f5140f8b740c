#include "client/base/io.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace gateproof::client {
namespace {

int milliseconds_until(Moment until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    constexpr long long longest = 60'000;  // a wait that is longer comes back here
    return static_cast<int>(std::clamp<long long>(left, 0, longest));
}

}  // namespace

Stop::Stop() {
    if (pipe2(ends_, O_CLOEXEC | O_NONBLOCK) != 0) {
        throw Unusable{"no pipe could be made: too many files are open"};
    }
}

Stop::~Stop() {
    close(ends_[0]);
    close(ends_[1]);
}

void Stop::request() const noexcept {
    const int kept = errno;
    // A full pipe has asked already.
    [[maybe_unused]] const ssize_t written = write(ends_[1], "x", 1);
    errno = kept;
}

bool Stop::requested() const {
    pollfd watched{ends_[0], POLLIN, 0};
    return poll(&watched, 1, 0) > 0;
}

Wait wait_for(int descriptor, short events, Moment until, const Stop& stop) {
    while (true) {
        pollfd watched[2] = {{stop.descriptor(), POLLIN, 0}, {descriptor, events, 0}};
        const int ready = poll(watched, 2, milliseconds_until(until));
        if (ready > 0 && watched[0].revents != 0) {
            return Wait::stopped;
        }
        if (ready > 0) {
            return Wait::ready;
        }
        if (ready == 0 && Clock::now() >= until) {
            return Wait::late;
        }
    }
}

Wait pause_until(Moment until, const Stop& stop) {
    return wait_for(-1, 0, until, stop);
}

Descriptor::~Descriptor() {
    if (number_ >= 0) {
        close(number_);
    }
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    Descriptor old(std::exchange(number_, other.release()));
    return *this;
}

}  // namespace gateproof::client
