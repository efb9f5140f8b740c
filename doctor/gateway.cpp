#include "doctor/gateway.hpp"

#include <fmt/format.h>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <exception>
#include <utility>

#include "doctor/control.hpp"
#include "harness/probe/http/request.hpp"
#include "suites/gateway/certificate/suite.hpp"

namespace gateproof::doctor {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// Somebody waits at a terminal: what takes longer than this is a finding of its own.
constexpr auto longest_connect = 2000ms;
constexpr auto longest_handshake = 2500ms;
constexpr auto longest_exchange = 4000ms;

Profile hurried(Profile profile) {
    profile.limits.connect_timeout =
        std::min(profile.limits.connect_timeout, std::chrono::milliseconds(longest_connect));
    profile.limits.probe_timeout = std::min(profile.limits.probe_timeout, std::chrono::milliseconds(longest_exchange));
    return profile;
}

std::vector<std::string> issuers_of(const Identity& identity) {
    std::vector<std::string> issuers{identity.leaf.issuer()};
    for (const Certificate& certificate : identity.chain) {
        issuers.push_back(certificate.issuer());
    }
    return issuers;
}

/// Whether whoever it asks for is whom we have.
Line judge_request(const Profile& profile, const AddressSeen& at) {
    const std::vector<suites::AskedOutcome> outcomes{{at.version, true, at.asked, at.step.summary()}};
    if (profile.channel != Channel::cloud || profile.environment == Environment::mock) {
        return line_of("certificate-request", suites::judge_not_asked(outcomes));
    }
    const Identity* const enrolled = profile.identity("enrolled");
    return line_of("certificate-request", enrolled == nullptr ? suites::judge_asked(outcomes, at.authorities.size())
                                                              : suites::judge_issuer_asked_for(outcomes, at.authorities,
                                                                                               issuers_of(*enrolled)));
}

Line judge_clock(const ClockReading& reading, const Profile& profile) {
    switch (reading.state) {
        case ClockReading::State::together: return {"clock", Mark::ok, reading.sentence};
        case ClockReading::State::peer_off:
            return {"clock", Mark::warn, reading.difference,
                    "tell its operator: what carries a time may be refused there; a run makes it hold by both clocks"};
        case ClockReading::State::apart:
            return {"clock", Mark::fail, reading.difference.empty() ? reading.sentence : reading.difference,
                    fmt::format("set this machine's clock (sudo timedatectl set-ntp true) and ask again; where it is "
                                "right and {} is wrong, tell its operator: until then nothing can be judged that rests "
                                "on a time",
                                reading.peer)};
        case ClockReading::State::unknown: break;
    }
    return {"clock", Mark::skipped,
            reading.sentence.empty()
                ? fmt::format("this machine's clock was compared with no other: {} told no time in time",
                              profile.endpoint.authority())
                : reading.sentence};
}

Line not_reached(std::string about, std::string_view what) {
    return {std::move(about), Mark::skipped, fmt::format("{} was not looked at: nobody was reached", what)};
}

}  // namespace

Lines judge_gateway(const Profile& profile, const GatewaySeen& seen, SystemTime now) {
    Lines lines;
    if (seen.endpoint) {
        lines = judge_endpoint(*seen.endpoint, profile, "", now);
    }
    const AddressSeen* const served = seen.endpoint ? seen.endpoint->served() : nullptr;
    const bool reached =
        seen.endpoint && std::ranges::any_of(seen.endpoint->at, [](const AddressSeen& at) { return at.connected(); });
    if (served != nullptr) {
        lines.push_back(judge_request(profile, *served));
    }
    if (!reached) {
        lines.push_back(not_reached("control", "the control operation"));
    } else if (seen.control) {
        lines.push_back(judge_control(profile, *seen.control));
    } else {
        lines.push_back({"control", Mark::skipped,
                         "the control operation was not asked: the files that the profile refers to come first"});
    }
    lines.push_back(reached ? judge_clock(seen.clock, profile) : not_reached("clock", "the clock"));
    if (seen.authority) {
        const Lines authority = judge_endpoint(*seen.authority, profile, "oauth-", now);
        lines.insert(lines.end(), authority.begin(), authority.end());
    }
    return lines;
}

GatewayLook::GatewayLook(asio::any_io_executor executor, Profile profile, bool whole, HttpClient& http)
    : executor_(std::move(executor)),
      profile_(hurried(std::move(profile))),
      whole_(whole),
      http_(http),
      politeness_(executor_, profile_.limits),
      openings_(executor_),
      clock_(executor_, profile_, openings_, politeness_) {}

template <typename T, typename Seen>
void GatewayLook::begin(asio::awaitable<T> look, Seen& seen) {
    ++running_;
    asio::co_spawn(executor_, std::move(look), [this, &seen](const std::exception_ptr& thrown, T what) {
        --running_;
        if (!thrown) {
            seen = std::move(what);
        }
    });
}

void GatewayLook::start() {
    EndpointOptions options;
    options.endpoint = profile_.endpoint;
    options.identity = serving_identity(profile_);
    options.connect = profile_.limits.connect_timeout;
    options.handshake = std::min(profile_.limits.probe_timeout, std::chrono::milliseconds(longest_handshake));
    // One look-up tells whether there is anybody: each that hangs would have to be waited for.
    options.resolved = [this] {
        if (whole_) {
            begin(ask_control(profile_, http_, politeness_), seen_.control);
        }
        begin(clock_.read(), seen_.clock);
    };
    begin(look_at(executor_, options, politeness_), seen_.endpoint);
    if (profile_.authority && profile_.authority->endpoint.authority() != profile_.endpoint.authority()) {
        options.endpoint = profile_.authority->endpoint;
        options.identity = nullptr;
        options.resolved = [] {};
        begin(look_at(executor_, options, politeness_), seen_.authority);
    }
}

}  // namespace gateproof::doctor
