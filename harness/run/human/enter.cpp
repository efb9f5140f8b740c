#include "harness/run/human/enter.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>

namespace gateproof {

namespace {

/// SIGINT and SIGTERM can be read from it for as long as it lives, and do nothing else.
class Endings {
public:
    Endings() {
        sigset_t endings;
        sigemptyset(&endings);
        sigaddset(&endings, SIGINT);
        sigaddset(&endings, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &endings, &before_);
        descriptor_ = ::signalfd(-1, &endings, SFD_CLOEXEC | SFD_NONBLOCK);
        if (descriptor_ < 0) {
            const int error = errno;
            pthread_sigmask(SIG_SETMASK, &before_, nullptr);
            throw std::system_error(error, std::generic_category(), "signalfd");
        }
    }
    ~Endings() {
        ::close(descriptor_);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    Endings(const Endings&) = delete;
    Endings& operator=(const Endings&) = delete;

    [[nodiscard]] int descriptor() const { return descriptor_; }
    /// It is not delivered once more when the object goes.
    void take() const {
        signalfd_siginfo ignored{};
        [[maybe_unused]] const ssize_t count = ::read(descriptor_, &ignored, sizeof ignored);
    }

private:
    int descriptor_ = -1;
    sigset_t before_{};
};

}  // namespace

EnterEnd wait_for_enter(const EnterWait& wait) {
    using Clock = std::chrono::steady_clock;
    const Endings endings;
    ::tcflush(wait.terminal, TCIFLUSH);
    wait.asked();
    const Clock::time_point end = Clock::now() + wait.patience;
    while (true) {
        const auto left = std::max(end - Clock::now(), Clock::duration::zero());
        if (wait.waits) {
            wait.waits(std::chrono::ceil<std::chrono::seconds>(left));
        }
        std::array<pollfd, 2> ready{{{wait.terminal, POLLIN, 0}, {endings.descriptor(), POLLIN, 0}}};
        const auto pause = std::min<Clock::duration>(left, std::chrono::seconds(1));
        const int count = ::poll(ready.data(), ready.size(),
                                 static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(pause).count()));
        if (count < 0 && errno != EINTR) {
            return EnterEnd::closed;
        }
        if (count > 0 && ready[1].revents != 0) {
            endings.take();
            return EnterEnd::interrupted;
        }
        if (count > 0 && ready[0].revents != 0) {
            std::array<char, 256> typed{};
            const ssize_t length = ::read(wait.terminal, typed.data(), typed.size());
            if (length <= 0) {
                return EnterEnd::closed;
            }
            if (std::string_view(typed.data(), static_cast<std::size_t>(length)).find('\n') != std::string_view::npos) {
                return EnterEnd::pressed;
            }
        } else if (left == Clock::duration::zero()) {
            return EnterEnd::nobody;
        }
    }
}

}  // namespace gateproof
