// What the evidence says of each exchange. Texts of a peer are redacted before they are cut: half a secret would not be
// recognised later. Of what an authority answers it holds no value at all.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/redact.hpp"
#include "harness/model/clock.hpp"
#include "harness/model/evidence.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/probe/socket/tcp.hpp"
#include "harness/probe/tls/client_hello.hpp"
#include "harness/probe/tls/hello_exchange.hpp"
#include "harness/probe/tls/server_answer.hpp"
#include "harness/probe/tls/session.hpp"

namespace gateproof {

/// The beginning of what a peer sent.
std::string excerpt(std::string_view bytes, const Redactor& redactor);

void note_http(Evidence& evidence, const HttpRequest& request, const HttpOutcome& outcome, const Redactor& redactor);
/// An exchange with the authority: names without their values.
void note_oauth(Evidence& evidence, const HttpRequest& request, const HttpOutcome& outcome);
void note_hello(Evidence& evidence, const ClientHello& hello, const ServerAnswer& answer, const ConnectionEnds& ends);
void note_hello(Evidence& evidence, const Ssl2ClientHello& hello, const ServerAnswer& answer,
                const ConnectionEnds& ends);
/// Of a "client_hello": its bytes in hex.
inline constexpr std::string_view first_flight_field = "first_flight";
/// They are for findings: what passed would only be larger by them.
void drop_first_flights(std::vector<Observation>& evidence);
void note_handshake(Evidence& evidence, std::string_view role, const TlsConnection& connection);
void note_tcp(Evidence& evidence, const std::string& authority, std::size_t sent, const TcpExchange& exchange,
              std::chrono::steady_clock::time_point begun, const Redactor& redactor);

void note_clock(Evidence& evidence, const ClockReading& reading);

/// The sentence for a `secret` that was kept from the server at `endpoint`, and for what there is to be done.
std::string withheld(const Endpoint& endpoint, std::string_view lack_of_proof, std::string_view secret);
constexpr std::string_view withheld_remedy =
    "see server.chain-valid, server.hostname, server.validity and server.eku; let the server send its whole chain, or "
    "give the CA that issued its certificate as trust.ca in the profile";

}  // namespace gateproof
