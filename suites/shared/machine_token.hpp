// The JWT of a machine (IA 2.4), good or wrong on purpose.
#pragma once

#include <openssl/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/clock.hpp"
#include "harness/probe/jwt/jwt.hpp"
#include "harness/profile/machine.hpp"

namespace gateproof::suites {

/// A JWT before it is signed; whatever a check wants wrong, it changes here.
struct MachineToken {
    jwt::Json header;
    jwt::Json claims;
    jwt::Algorithm algorithm{};
    std::shared_ptr<EVP_PKEY> key;

    /// Nothing when the key does not sign.
    [[nodiscard]] std::optional<std::string> text() const;
    /// Claims iat and exp, seconds since 1970.
    void valid(std::int64_t issued, std::int64_t expires);
};

inline constexpr std::int64_t longest_lifetime = std::int64_t{8} * 3600;  ///< seconds (IA 2.4)

/// The machine with other published forms of `sub` and, where it names no user, of startLogon; the nearest first.
struct MachineForm {
    std::string what;  ///< "sub as SHA-1 in lower case, startLogon null"
    Machine machine;
};
std::vector<MachineForm> other_forms(const Machine& machine);

/// As the machine should make it: issued a moment ago by either clock, for ten minutes by either; where they are hours
/// apart, which no JWT spans, by the likelier one. Nothing when the key is of a kind that no documented algorithm
/// takes.
std::optional<MachineToken> good_token(const Machine& machine, const TimeSpan& now);
/// The same, signed.
std::optional<std::string> machine_token(const Machine& machine, const TimeSpan& now);

/// Seconds since 1970, as claims have them.
std::int64_t seconds_of(std::chrono::system_clock::time_point moment);
/// Beginning of the certificate's validity, seconds since 1970.
std::int64_t not_before(const Certificate& certificate);

/// Texts that a careless verifier might take for the shared secret of HS256: the public key and the certificate, in
/// PEM with and without its last line end, and in DER.
std::vector<std::string> confusable_secrets(const Identity& signer);
/// HS256 with such a secret.
std::string confused(const MachineToken& token, std::string_view secret);
/// Without a signature, under this spelling of "none".
std::string unsigned_token(const MachineToken& token, std::string_view none);

/// The certificate as an x5c header carries it (RFC 7515 4.1.6).
jwt::Json x5c_of(const Certificate& certificate);

}  // namespace gateproof::suites
