// The stage on which Gateproof plays the gateway: listeners on the run's loop, and a scene for each place.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/stage/lateness.hpp"
#include "harness/stage/place.hpp"
#include "harness/stage/scene.hpp"

namespace gateproof::stage {

/// Bounds of what clients may cost. Nothing here cuts a client that waits for the stage: a scene that says nothing says
/// nothing until the client goes or the place ends.
struct StageLimits {
    std::size_t connections = 2048;                 ///< open at once on the whole stage
    std::size_t connections_of_place = 256;         ///< open at once
    std::chrono::milliseconds client_turn{30'000};  ///< for the rest of a handshake, or of a request that was begun
    std::chrono::milliseconds idle{75'000};         ///< between two requests, and before the first
    std::size_t head = std::size_t{64} * 1024;
    std::size_t body = std::size_t{1024} * 1024;
    std::size_t kept = std::size_t{16} * 1024 * 1024;  ///< of bodies in RequestSeen::raw, for each place
    std::size_t graves = 256;                          ///< ports of ended places that stay bound; at most a sixteenth
                                                       ///< of the descriptors that may be open
    std::chrono::milliseconds grave{60'000};           ///< for how long
};

/// Somebody came to a place that had ended: a late retry of its attempt. It was reset.
struct LateVisit {
    std::string place;  ///< PlaceOptions::name
    std::string door;
    std::string from;
    std::chrono::system_clock::time_point at;
};

class Stage {
public:
    explicit Stage(boost::asio::any_io_executor executor, StageLimits limits = {});
    /// Closes the graves. Places that live on are played on, and leave no graves.
    ~Stage();
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    /// Binds ports that the system chooses on 127.0.0.1, one for each door. Throws boost::system::system_error when
    /// there is none, and std::invalid_argument for a scene that OpenSSL cannot play (the message says which part).
    std::unique_ptr<Place> open(Scene scene, PlaceOptions options);

    /// The last 1,000.
    [[nodiscard]] std::vector<LateVisit> late() const;
    [[nodiscard]] std::size_t open_connections() const;
    /// When the loop was late since then: what is timed finer than this is not the client's doing.
    [[nodiscard]] Lateness lateness(Time since = {}) const;

    struct State;

private:
    std::shared_ptr<State> state_;
};

}  // namespace gateproof::stage
