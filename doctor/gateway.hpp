// A gateway before a run: everything that is looked at side by side, and what it comes to.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <string>

#include "doctor/endpoint.hpp"
#include "doctor/line.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/run/clock.hpp"
#include "harness/run/openings.hpp"

namespace gateproof::doctor {

/// What came of the looks; empty: there was nothing to look at, or it did not end in time.
struct GatewaySeen {
    std::optional<EndpointSeen> endpoint;
    std::optional<EndpointSeen> authority;
    std::optional<HttpOutcome> control;
    ClockReading clock;
};

/// The lines of the wire, in the order in which one thing rests on another.
Lines judge_gateway(const Profile& profile, const GatewaySeen& seen, SystemTime now);

class GatewayLook {
public:
    /// `whole`: with what is behind references; without it nobody is asked for service. Profile and client outlive it.
    GatewayLook(boost::asio::any_io_executor executor, Profile profile, bool whole, HttpClient& http);

    /// Begins every look.
    void start();
    [[nodiscard]] bool finished() const { return running_ == 0; }
    /// Ends what could wait for longest.
    void cancel() { clock_.cancel(); }
    [[nodiscard]] const Profile& profile() const { return profile_; }
    [[nodiscard]] const GatewaySeen& seen() const { return seen_; }

private:
    boost::asio::any_io_executor executor_;
    Profile profile_;  ///< with short deadlines
    bool whole_;
    HttpClient& http_;
    Politeness politeness_;
    Openings openings_;
    ClockService clock_;
    GatewaySeen seen_;
    int running_ = 0;

    template <typename T, typename Seen>
    void begin(boost::asio::awaitable<T> look, Seen& seen);
};

}  // namespace gateproof::doctor
