// How many calls a DSP may have open at once: a limit beside that of requests in a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "gateway/http/routes.hpp"

namespace gateproof::gateway {

/// Applies to the cloud's slow SOAP operation (/gateway/gws/slow) alone, so that other suites are not touched by it.
class Concurrency {
public:
    using Clock = std::chrono::steady_clock;

    /// `calls`: that each DSP may have open at once.
    Concurrency(std::size_t calls, const FaultSet& faults);

    /// A call that is open until this is destroyed.
    class Call {
    public:
        explicit Call(std::size_t& open) : open_(&open) { ++open; }
        Call(Call&& other) noexcept : open_(std::exchange(other.open_, nullptr)) {}
        Call& operator=(Call&&) = delete;
        ~Call() {
            if (open_ != nullptr) {
                --*open_;
            }
        }

    private:
        std::size_t* open_;
    };

    /// The call that begins, or how it is refused; neither where the limit does not apply.
    struct Decision {
        std::optional<Call> call;
        std::optional<Response> refusal;
    };
    Decision begin(const Request& request, const Caller& caller, Clock::time_point now);

private:
    struct Dsp {
        std::size_t open = 0;
        Clock::time_point shut_until{};  ///< by the fault concurrency-recovers-late
    };
    [[nodiscard]] Response refusal(const Request& request) const;

    std::size_t calls_;
    const FaultSet& faults_;
    std::map<std::string, Dsp> dsps_;  ///< of enrolled DSPs alone, which are few; a Call points into it
};

}  // namespace gateproof::gateway
