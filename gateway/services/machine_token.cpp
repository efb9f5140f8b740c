#include "gateway/services/machine_token.hpp"

#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <algorithm>
#include <memory>

#include "gateway/services/jws.hpp"
#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

std::optional<system_clock::time_point> time_claim(const Jws& jws, const char* name) {
    const auto found = jws.claims.find(name);
    // A bound far beyond every calendar, so that no arithmetic below can overflow.
    constexpr std::int64_t latest = std::int64_t{1} << 33;
    if (found == jws.claims.end() || !found->is_number_integer() || *found < 0 || *found > latest) {
        return std::nullopt;
    }
    return system_clock::time_point(seconds(found->get<std::int64_t>()));
}

std::string text_claim(const Jws& jws, const char* name) {
    const auto found = jws.claims.find(name);
    return found != jws.claims.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string public_key_pem(EVP_PKEY* key) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_PUBKEY(bio.get(), key);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string hmac_sha256(const std::string& secret, std::string_view text) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
    return {reinterpret_cast<const char*>(digest), size};
}

bool signature_holds(const Jws& jws, EVP_PKEY* key, const FaultSet& faults) {
    const std::string algorithm = jws.header_text("alg");
    if (algorithm == "none") {
        return faults.has("m2m-accepts-alg-none") && jws.signature.empty();
    }
    if (algorithm == "HS256") {
        return faults.has("m2m-confuses-algorithms") &&
               same_secret(hmac_sha256(public_key_pem(key), jws.signed_text), jws.signature);
    }
    const bool listed = algorithm == "ES256" || algorithm == "ES384" || algorithm == "ES512" || algorithm == "RS256" ||
                        algorithm == "RS384" || algorithm == "RS512";
    return listed &&
           (faults.has("m2m-no-signature-check") || verify_jws(algorithm, key, jws.signed_text, jws.signature));
}

/// The first certificate of an x5c header (RFC 7515 4.1.6), which comes from whoever made the token.
CertificatePtr sent_along(const Jws& jws) {
    const auto x5c = jws.header.find("x5c");
    if (x5c == jws.header.end() || !x5c->is_array() || x5c->empty() || !x5c->front().is_string()) {
        return nullptr;
    }
    const std::string der = from_base64(x5c->front().get<std::string>()).value_or("");
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    return {d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free};
}

/// What the gateway knows of the machine that `sub` names.
std::optional<MachineRegistration> registration_of(const Jws& jws, const Fixture& fixture, const FaultSet& faults) {
    const std::string sent_subject = text_claim(jws, "sub");
    const std::string subject = faults.has("m2m-subject-sha1") ? fixture.thumbprint_of(sent_subject) : sent_subject;
    if (const MachineRegistration* const known = fixture.machine(subject)) {
        return *known;
    }
    const MachineRegistration* const rotated = fixture.rotated_machine(subject);
    if (rotated != nullptr && !faults.has("jwt-new-key-not-registered")) {
        return *rotated;
    }
    const MachineRegistration* const retired = fixture.retired_machine(subject);
    if (retired != nullptr && faults.has("jwt-old-key-still-registered")) {
        return *retired;
    }
    const MachineRegistration* const elsewhere = fixture.other_environment_machine(subject);
    if (elsewhere != nullptr && faults.has("m2m-accepts-other-environment")) {
        return *elsewhere;
    }
    CertificatePtr sent = sent_along(jws);
    if (sent && faults.has("m2m-trusts-certificate-in-header") && thumbprint(sent.get()) == subject) {
        const std::string owner = fixture.user_of_role("user").name;
        return MachineRegistration{subject, std::move(sent), text_claim(jws, "iss"), "", owner, {owner}};
    }
    return std::nullopt;
}

/// Signed with the key of the certificate that `sub` names.
bool signed_by(const Jws& jws, const MachineRegistration& machine, const Fixture& fixture, const FaultSet& faults) {
    if (signature_holds(jws, X509_get0_pubkey(machine.certificate.get()), faults)) {
        return true;
    }
    const bool rotated = fixture.rotated_machine(machine.thumbprint) != nullptr;
    return rotated && faults.has("jwt-old-key-kept-for-new-name") &&
           signature_holds(jws, X509_get0_pubkey(fixture.before_rotation().certificate.get()), faults);
}

bool times_hold(const Jws& jws, const X509* certificate, system_clock::time_point now, const FaultSet& faults) {
    const auto issued = time_claim(jws, "iat");
    const auto expires = time_claim(jws, "exp");
    if (!issued || !expires || *expires <= *issued) {
        return false;
    }
    std::time_t at = system_clock::to_time_t(*issued);
    const bool certificate_existed =
        X509_cmp_time(X509_get0_notBefore(certificate), &at) < 0 || faults.has("m2m-accepts-iat-before-certificate");
    const bool short_enough = *expires - *issued <= machine_token_lifetime || faults.has("m2m-accepts-nine-hours");
    const bool begun = *issued <= now + clock_skew || faults.has("m2m-accepts-the-future");
    const bool lasts = *expires + clock_skew > now || faults.has("m2m-accepts-expired");
    return certificate_existed && short_enough && begun && lasts;
}

/// The user of `startLogon`, or the owner without one; empty: the machine may not act for that user.
std::string acting_user(const Jws& jws, const MachineRegistration& machine, const FaultSet& faults) {
    const auto logon = jws.claims.find("startLogon");
    if (logon == jws.claims.end() || logon->is_null() || faults.has("m2m-ignores-start-logon")) {
        return machine.owner;
    }
    const std::string named = logon->is_string() ? logon->get<std::string>() : std::string();
    return std::ranges::find(machine.start_logons, named) != machine.start_logons.end() ? named : std::string();
}

}  // namespace

std::optional<std::string> user_of_machine_token(std::string_view token, const MachineCall& call,
                                                 const Fixture& fixture, const FaultSet& faults) {
    const std::optional<Jws> jws = read_jws(token);
    if (!jws || jws->header_text("typ") != "JWT" || jws->header.contains("crit")) {  // RFC 7515 4.1.11
        return std::nullopt;
    }
    if (jws->header_text("kid") != "M2M" && !faults.has("m2m-ignores-kid")) {
        return std::nullopt;
    }
    const std::optional<MachineRegistration> machine = registration_of(*jws, fixture, faults);
    if (!machine || !signed_by(*jws, *machine, fixture, faults)) {
        return std::nullopt;
    }
    const bool agreed = text_claim(*jws, "iss") == machine->issuer || faults.has("m2m-ignores-issuer");
    const bool own_caller =
        call.dsp.empty() || machine->dsp.empty() || call.dsp == machine->dsp || faults.has("m2m-not-bound");
    if (!agreed || !own_caller || !times_hold(*jws, machine->certificate.get(), call.now, faults)) {
        return std::nullopt;
    }
    std::string user = acting_user(*jws, *machine, faults);
    return user.empty() ? std::nullopt : std::optional(std::move(user));
}

}  // namespace gateproof::gateway
