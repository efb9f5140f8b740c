// Certificates that come and go: what the cloud makes of a rotation's old and new one.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <string>
#include <string_view>

#include "gateway/faults/fault_set.hpp"
#include "gateway/tls/pki.hpp"
#include "gateway/tls/server.hpp"

namespace gateproof::gateway {

/// The role of a rotation whose certificate this is: "retired", "rotated_old", "rotated_new"; empty: none of them.
std::string_view rotation_role(const Pki& pki, const X509* certificate);

/// Enrolled names outlive certificates: whether this very certificate is good no longer (it was revoked when it was cut
/// over, or its own enrolment ended), or (faults) not yet. `known_for`: how long ago it came first.
bool is_cut_over(const Pki& pki, const FaultSet& faults, const SSL* ssl, const X509* leaf,
                 std::chrono::steady_clock::duration known_for);

/// Whether this very certificate is one of those that the gateway was told of, and not just one with such a name.
bool was_exchanged(const Pki& pki, const X509* certificate);

/// What a client kept of its connections before its certificate was cut over: a session for each version that `cloud`
/// speaks, as PEM.
std::string sessions_before_cut_over(TlsServer& cloud, const Credential& client, const std::string& server_name);

/// "sha256//" and the base64 of the public key's SHA-256, as curl takes it.
std::string key_pin(const X509* certificate);

}  // namespace gateproof::gateway
