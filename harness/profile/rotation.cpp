#include "harness/profile/rotation.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <utility>

#include "harness/identity/openssl_errors.hpp"
#include "harness/identity/openssl_handles.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {

std::string_view to_string(RotationMoment moment) {
    switch (moment) {
        case RotationMoment::before: return "before";
        case RotationMoment::during: return "during";
        case RotationMoment::after: return "after";
    }
    return "";
}

std::optional<RotationMoment> moment_from(std::string_view word) {
    for (const RotationMoment moment : {RotationMoment::before, RotationMoment::during, RotationMoment::after}) {
        if (word == to_string(moment)) {
            return moment;
        }
    }
    return std::nullopt;
}

void set_rotation(Profile& profile, std::shared_ptr<const Identity> old, std::shared_ptr<const Identity> fresh) {
    RotationExpectations& rotation = *profile.rotation;
    rotation.old_role = "rotated_old";
    rotation.new_role = "rotated_new";
    const bool new_in_use = rotation.moment == RotationMoment::after || (rotation.moment == RotationMoment::during &&
                                                                         rotation.overlap == Overlap::cut_over_at_once);
    profile.identities["enrolled"] = new_in_use ? fresh : old;
    profile.identities["rotated_old"] = std::move(old);
    profile.identities["rotated_new"] = std::move(fresh);
}

RotationMoment RotationExpectations::moment_of_signers() const {
    return signers ? signers->moment.value_or(moment) : moment;
}

Overlap RotationExpectations::overlap_of_signers() const {
    return signers ? signers->overlap.value_or(overlap) : overlap;
}

std::vector<std::string> authorities_of_rotation(const ClientCertificateRules& rules) {
    return rules.approved_authorities.empty() ? published_authorities() : rules.approved_authorities;
}

std::vector<std::shared_ptr<SSL_SESSION>> sessions_from_pem(std::string_view pem) {
    constexpr std::string_view begin = "-----BEGIN SSL SESSION PARAMETERS-----";
    const OpensslErrorScope errors;
    const BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    std::vector<std::shared_ptr<SSL_SESSION>> sessions;
    for (std::size_t at = pem.find(begin); at != std::string_view::npos; at = pem.find(begin, at + begin.size())) {
        std::shared_ptr<SSL_SESSION> session(PEM_read_bio_SSL_SESSION(bio.get(), nullptr, nullptr, nullptr),
                                             SSL_SESSION_free);
        if (!session) {
            return {};
        }
        sessions.push_back(std::move(session));
    }
    return sessions;
}

}  // namespace gateproof
