// The embedded reference gateway: conforming by default, broken on request, on its own thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/timeouts.hpp"

namespace gateproof::gateway {

/// What this gateway makes of the two things that the published documents contradict each other on.
enum class Reading {
    packs_2024,  ///< names of certificates are trusted; of cloud and desktop, desktop alone is allow-listed
    se_2021,     ///< certificates are exchanged one by one; cloud and desktop are allow-listed
};

struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t cloud_port = 0;  ///< 0: any free port, see Gateway::cloud_port()
    std::uint16_t desktop_port = 0;
    std::uint16_t mock_port = 0;
    double throttle_rate = 100;     ///< of a DSP's requests to the customer service, a second
    double throttle_burst = 20;     ///< that may come at once
    std::size_t calls_at_once = 4;  ///< that a DSP may have open of the slow SOAP operation
    Timeouts timeouts = {};
    std::chrono::milliseconds code_lifetime = std::chrono::minutes(10);  ///< of the authority's codes
    Reading reading = Reading::packs_2024;
    /// Whom allow-listed listeners let in; IP literals.
    std::vector<std::string> allowed_sources = {"127.0.0.1", "127.0.0.2", "::1"};
    std::size_t max_connections = 1024;  ///< of a listener; more at once are closed unheard
    /// The cloud asks for a client certificate, but the handshake goes on without one: the requests of such a client
    /// are refused with HTTP 403. As conforming as the default, which ends the handshake.
    bool certificate_optional = false;
    /// The authority's pages are empty until their script has run, as those of many authorities are.
    bool pages_by_script = false;
    std::vector<std::string> faults;  ///< names of faults/table.hpp; an unknown one throws std::invalid_argument
};

class Gateway {
public:
    /// Binds, mints its certificates and starts serving; throws std::system_error when a port cannot be bound.
    explicit Gateway(const Options& options = {});
    /// Stops serving and joins the thread.
    ~Gateway();
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;

    [[nodiscard]] std::uint16_t cloud_port() const;
    [[nodiscard]] std::uint16_t desktop_port() const;
    /// Port of the listener that stands for the mock environment: the cloud's paths, without mutual TLS.
    [[nodiscard]] std::uint16_t mock_port() const;
    /// Port of the plain-HTTP listener that stands for port 80 (only redirects or refuses; no service).
    [[nodiscard]] std::uint16_t http_port() const;
    [[nodiscard]] std::chrono::milliseconds code_lifetime() const;

    /// Text behind a profile's "embedded:NAME" reference: "cloud-url", "desktop-url", "mock-url", "ca.pem",
    /// "enrolled.crt.pem", "enrolled.key.pem", "second.crt.pem" ...; empty for an unknown name.
    [[nodiscard]] std::optional<std::string> reference(std::string_view name) const;
    /// Every name that reference() knows, for `gateproof gateway --write DIR`.
    [[nodiscard]] std::vector<std::string> reference_names() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gateproof::gateway
