#include "harness/profile/rotation.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "harness/identity/openssl_errors.hpp"

namespace gateproof {

std::string_view to_string(RotationMoment moment) {
    switch (moment) {
        case RotationMoment::before: return "before";
        case RotationMoment::during: return "during";
        case RotationMoment::after: return "after";
    }
    return "";
}

RotationMoment RotationExpectations::moment_of_signers() const {
    return signers ? signers->moment.value_or(moment) : moment;
}

Overlap RotationExpectations::overlap_of_signers() const {
    return signers ? signers->overlap.value_or(overlap) : overlap;
}

const std::vector<std::string>& published_authorities() {
    static const std::vector<std::string> names{"Amazon",   "Comodo",        "DigiCert", "Entrust",
                                                "GeoTrust", "Let's Encrypt", "Sectigo",  "Thawte"};
    return names;
}

std::vector<std::shared_ptr<SSL_SESSION>> sessions_from_pem(std::string_view pem) {
    constexpr std::string_view begin = "-----BEGIN SSL SESSION PARAMETERS-----";
    const OpensslErrorScope errors;
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                        BIO_free);
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
