// Certificate rotation: which role is the old certificate, which the new one, and what is declared of the change.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/identity/identity.hpp"
#include "harness/profile/client_certificate.hpp"
#include "harness/profile/reading.hpp"

namespace gateproof {

/// Where the rotation stands, seen from the cut-over.
enum class RotationMoment {
    before,  ///< the new certificate is at hand, and nobody uses it; where each is enrolled, the endpoint knows it not
    during,  ///< clients change to the new certificate; the overlap, if there is one, is running
    after,   ///< cut over: nobody uses the old certificate; where each is enrolled, it is so no longer
};
std::string_view to_string(RotationMoment moment);
/// Inverse of to_string; empty for an unknown word.
std::optional<RotationMoment> moment_from(std::string_view word);

/// What is declared for the time between enrolment of the new certificate and removal of the old one.
enum class Overlap {
    both_served,      ///< both certificates are served for a while
    cut_over_at_once  ///< the old one is refused as soon as the new one is served
};

/// The change of the key that a machine signs its JWTs with (IA 2.4), which has a registration of its own.
struct SignerRotation {
    std::shared_ptr<const Identity> old;
    std::shared_ptr<const Identity> fresh;
    std::optional<RotationMoment> moment;  ///< nothing: with the client certificate
    std::optional<Overlap> overlap;        ///< nothing: as for the client certificate
};

struct RotationExpectations {
    std::string old_role;  ///< role of Profile::identities; empty, with new_role: no client certificate is changed
    std::string new_role;
    RotationMoment moment = RotationMoment::before;
    Overlap overlap = Overlap::both_served;      ///< means nothing where names are trusted: both are served there
    std::optional<CertificateTrust> trust = {};  ///< empty: as the profile's reading says, see certificate_trust()
    bool old_revoked = false;                    ///< the certificates that are cut over have been revoked as well
    std::string common_name;                     ///< as enrolled; empty: the old certificate's
    std::string known_as;  ///< what the identity operation answers for this DSP; empty: what the old one is called
    /// Organisations whose CAs may issue client certificates.
    std::vector<std::string> approved_authorities;
    /// TLS sessions of the old certificate, kept since before the cut-over.
    std::vector<std::shared_ptr<SSL_SESSION>> old_sessions;
    /// SHA-256 of a SubjectPublicKeyInfo, base64, one of which the server's chain must hold (RFC 7469, 2.4); empty:
    /// the server is not pinned.
    std::vector<std::string> server_pins;
    std::optional<SignerRotation> signers;
    /// How long a cut-over may take to be known on every node, counted from the first look at it.
    std::chrono::milliseconds cut_over_within{30'000};

    /// Of `signers`, where it says nothing else: this rotation's own.
    [[nodiscard]] RotationMoment moment_of_signers() const;
    [[nodiscard]] Overlap overlap_of_signers() const;
};

struct Profile;

/// Makes the profile speak of this rotation: the roles rotated_old and rotated_new, and as the enrolled identity the
/// one that should be served at the moment. Precondition: it has a rotation.
void set_rotation(Profile& profile, std::shared_ptr<const Identity> old, std::shared_ptr<const Identity> fresh);

/// Who may issue the new certificate where `rotation` itself does not say: those that may issue the enrolled one, and
/// the published ones where the profile approves of any.
std::vector<std::string> authorities_of_rotation(const ClientCertificateRules& rules);

/// Every session of a PEM text, as `openssl s_client -sess_out FILE` writes them. Empty when there is none or one does
/// not parse.
std::vector<std::shared_ptr<SSL_SESSION>> sessions_from_pem(std::string_view pem);

}  // namespace gateproof
