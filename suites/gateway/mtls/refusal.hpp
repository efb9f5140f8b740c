// Whether several tries of somebody who must not be served were refused: no single reset, and no silence, says so.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "suites/shared/callers.hpp"

namespace gateproof::suites {

/// How often anything is tried that must be refused.
inline constexpr std::size_t refusal_tries = 3;

/// What a try without a certificate came to.
enum class Attempt {
    served,   ///< the operation's own answer
    refused,  ///< an alert, a close, or HTTP 302, 400, 401, 403, 404, 407, 421, 495 to 497
    reset,    ///< the connection was reset, which an overloaded or blocking network does as well
    silent,   ///< no connection or no complete answer in time
    unclear,  ///< anything else: a server error, another answer with 2xx, what is no HTTP
};
/// `ourselves`: the same request of the served identity; a refusal that carries its body is none.
Attempt attempt_of(const HttpOutcome& outcome, const HttpOutcome& ourselves, const Operation& operation);

/// The tries of one thing, counted.
struct CountedTries {
    std::size_t all = 0;
    std::size_t served = 0;
    std::size_t refused = 0;
    std::size_t reset = 0;
    std::size_t success = 0;     ///< answered with any 2xx, which mtls.no-certificate-refused calls service
    std::string service;         ///< how the first that was served was answered: "HTTP 200"
    std::string refusals;        ///< the ways in which it was refused: "HTTP 403, connection reset"
    std::string other;           ///< the first that was neither
    bool at_http_level = false;  ///< TLS accepted the connection, and the request was refused

    void add(const HttpOutcome& outcome, const HttpOutcome& ourselves, const Operation& operation);
    void add_refusal(const std::string& how, bool by_http);
    /// Why the tries are no refusal though none was served; empty: they are one. Resets count only if every try was
    /// reset; `control_reset`: somebody who is to be served was reset as well, so that they do not count at all.
    [[nodiscard]] std::string doubt(bool control_reset) const;
};
CountedTries count(const std::vector<HttpOutcome>& outcomes, const HttpOutcome& ourselves, const Operation& operation);

/// Whether to try once more: until there are `refusal_tries`, and as often again where only some were reset. Silence
/// ends it, for each try of that kind costs the whole of the probe's time.
bool try_again(const std::vector<HttpOutcome>& so_far);

bool any_served(const std::vector<HttpOutcome>& outcomes, const Operation& operation);
bool any_reset(const std::vector<HttpOutcome>& outcomes);

/// "3 of 3"
std::string share(std::size_t part, std::size_t all);

}  // namespace gateproof::suites
