#include "gateway/tls/pki.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <stdexcept>

namespace gateproof::gateway {
namespace {

void require(bool done, const char* what) {
    if (!done) {
        throw std::runtime_error(std::string("minting certificates: ") + what + ": " +
                                 ERR_reason_error_string(ERR_peek_last_error()));
    }
}

struct BioDeleter {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPtr = std::unique_ptr<BIO, BioDeleter>;

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

KeyPtr make_key(const CertificateSpec& spec) {
    KeyPtr key(spec.rsa_bits > 0 ? EVP_RSA_gen(spec.rsa_bits) : EVP_EC_gen("P-256"), EVP_PKEY_free);
    require(key != nullptr, "key generation");
    require(!spec.explicit_curve || EVP_PKEY_set_utf8_string_param(key.get(), OSSL_PKEY_PARAM_EC_ENCODING,
                                                                   OSSL_PKEY_EC_ENCODING_EXPLICIT) == 1,
            "explicit curve");
    return key;
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
        X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()), X509_EXTENSION_free);
    require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, OBJ_nid2sn(nid));
}

void set_serial(X509* certificate) {
    unsigned char bytes[16];
    require(RAND_bytes(bytes, sizeof bytes) == 1, "serial number");
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);  // positive, and always 16 bytes long
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(BN_bin2bn(bytes, sizeof bytes, nullptr), BN_free);
    require(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr, "serial number");
}

/// Issues a certificate for this key, or for a fresh one; without an issuer it signs itself.
Credential issue(const CertificateSpec& spec, const Credential* issuer, KeyPtr key = nullptr) {
    Credential made;
    made.key = key ? std::move(key) : make_key(spec);
    made.certificate.reset(X509_new(), X509_free);
    X509* const certificate = made.certificate.get();
    require(certificate != nullptr && X509_set_version(certificate, X509_VERSION_3) == 1, "certificate");
    set_serial(certificate);
    X509_gmtime_adj(X509_getm_notBefore(certificate), spec.valid_from * 86400L + spec.valid_from_minutes * 60L);
    X509_gmtime_adj(X509_getm_notAfter(certificate), spec.valid_to * 86400L);

    X509_NAME* const subject = X509_get_subject_name(certificate);
    require(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(spec.common_name.data()),
                                       static_cast<int>(spec.common_name.size()), -1, 0) == 1,
            "subject");
    X509* const issuer_certificate = issuer != nullptr ? issuer->certificate.get() : certificate;
    EVP_PKEY* const issuer_key = issuer != nullptr ? issuer->key.get() : made.key.get();
    require(X509_set_issuer_name(certificate, X509_get_subject_name(issuer_certificate)) == 1, "issuer");
    require(X509_set_pubkey(certificate, made.key.get()) == 1, "public key");

    add_extension(certificate, issuer_certificate, NID_basic_constraints,
                  spec.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(certificate, issuer_certificate, NID_key_usage,
                  spec.authority ? "critical,keyCertSign,cRLSign" : spec.key_usage);
    if (!spec.extended_key_usage.empty()) {
        add_extension(certificate, issuer_certificate, NID_ext_key_usage, spec.extended_key_usage);
    }
    if (!spec.alternative_names.empty()) {
        add_extension(certificate, issuer_certificate, NID_subject_alt_name, spec.alternative_names);
    }
    if (!spec.authority_information.empty()) {
        add_extension(certificate, issuer_certificate, NID_info_access, spec.authority_information);
    }
    add_extension(certificate, issuer_certificate, NID_subject_key_identifier, "hash");
    add_extension(certificate, issuer_certificate, NID_authority_key_identifier, "keyid:always");
    require(X509_sign(certificate, issuer_key, spec.sha1 ? EVP_sha1() : EVP_sha256()) > 0, "signature");

    if (issuer != nullptr && X509_check_issued(issuer_certificate, issuer_certificate) != X509_V_OK) {
        made.chain.push_back(issuer->certificate);
    }
    return made;
}

Credential authority(const char* name, const Credential* issuer) {
    return issue({.common_name = name,
                  .key_usage = "",
                  .extended_key_usage = "",
                  .alternative_names = "",
                  .valid_from = -30,
                  .valid_to = 3650,
                  .authority = true,
                  .sha1 = false},
                 issuer);
}

/// 32 hex digits and the DSP's domain, the shape that the gateway's onboarding assigns. `environment` sets the names of
/// other environments apart: "test.".
std::string dsp_name(std::string_view environment) {
    unsigned char bytes[16];
    require(RAND_bytes(bytes, sizeof bytes) == 1, "common name");
    std::string name;
    for (const unsigned char byte : bytes) {
        constexpr char digits[] = "0123456789abcdef";
        name += digits[byte >> 4];
        name += digits[byte & 15];
    }
    return name + ".irdgws." + std::string(environment) + "dsp.example";
}

/// Who issues client certificates. The names that the faults give it mean something to whoever reads them.
const char* client_authority_name(const FaultSet& faults) {
    return faults.has("enrolled-unapproved-authority") ? "A DSP's own issuing CA"
           : faults.has("authority-ends-client-auth")  ? "Let's Encrypt"
                                                       : "Gateproof embedded client issuing CA";
}

CrlPtr revocation_list(const Credential& issuer, const X509* revoked) {
    CrlPtr crl(X509_CRL_new(), X509_CRL_free);
    require(crl && X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2) == 1, "CRL");
    X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(issuer.certificate.get()));
    const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> now(X509_gmtime_adj(nullptr, -3600), ASN1_TIME_free);
    const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> next(X509_gmtime_adj(nullptr, 90 * 86400L),
                                                                     ASN1_TIME_free);
    X509_CRL_set1_lastUpdate(crl.get(), now.get());
    X509_CRL_set1_nextUpdate(crl.get(), next.get());
    X509_REVOKED* const entry = X509_REVOKED_new();
    require(entry != nullptr, "CRL entry");
    auto* const serial = ASN1_INTEGER_dup(X509_get0_serialNumber(revoked));
    X509_REVOKED_set_serialNumber(entry, serial);
    ASN1_INTEGER_free(serial);
    X509_REVOKED_set_revocationDate(entry, now.get());
    require(X509_CRL_add0_revoked(crl.get(), entry) == 1, "CRL entry");
    require(X509_CRL_sign(crl.get(), issuer.key.get(), EVP_sha256()) > 0, "CRL signature");
    return crl;
}

/// A "good" answer about `leaf`, signed by its issuer (RFC 6960 4.2.2.2).
std::string ocsp_response(const Credential& leaf, const Credential& issuer) {
    const std::unique_ptr<OCSP_BASICRESP, decltype(&OCSP_BASICRESP_free)> basic(OCSP_BASICRESP_new(),
                                                                                OCSP_BASICRESP_free);
    const std::unique_ptr<OCSP_CERTID, decltype(&OCSP_CERTID_free)> id(
        OCSP_cert_to_id(EVP_sha1(), leaf.certificate.get(), issuer.certificate.get()), OCSP_CERTID_free);
    const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> since(X509_gmtime_adj(nullptr, -3600), ASN1_TIME_free);
    const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> until(X509_gmtime_adj(nullptr, 7 * 86400L),
                                                                      ASN1_TIME_free);
    require(basic && id &&
                OCSP_basic_add1_status(basic.get(), id.get(), V_OCSP_CERTSTATUS_GOOD, 0, nullptr, since.get(),
                                       until.get()) != nullptr &&
                OCSP_basic_sign(basic.get(), issuer.certificate.get(), issuer.key.get(), EVP_sha256(), nullptr,
                                OCSP_NOCERTS) == 1,
            "OCSP response");
    const std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)> response(
        OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()), OCSP_RESPONSE_free);
    require(response != nullptr, "OCSP response");
    unsigned char* der = nullptr;
    const int size = i2d_OCSP_RESPONSE(response.get(), &der);
    require(size > 0, "OCSP response");
    std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
}

}  // namespace

std::string Credential::certificates_pem() const {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate.get());
    for (const CertificatePtr& link : chain) {
        PEM_write_bio_X509(bio.get(), link.get());
    }
    return text_of(bio.get());
}

std::string Credential::key_pem() const {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(bio.get());
}

Pki::Pki(const FaultSet& faults)
    : server_root_(authority("Gateproof embedded server root", nullptr)),
      server_authority_(authority("Gateproof embedded server issuing CA", &server_root_)),
      client_root_(authority("Gateproof embedded client root", nullptr)),
      client_authority_(authority(client_authority_name(faults), &client_root_)),
      enrolled_names_{faults.has("enrolled-other-form-of-name") ? "dsp-7.dsp.example" : dsp_name(""), dsp_name("")} {
    // Each identity that must be refused differs from the enrolled one in exactly the thing that it is named after.
    CertificateSpec spec{.common_name = enrolled_names_[0],
                         .key_usage = "critical,digitalSignature",
                         .extended_key_usage = "clientAuth",
                         .alternative_names = ""};
    const auto add = [this](const char* role, const CertificateSpec& content) {
        identities_.emplace(role, issue(content, &client_authority_));
    };
    add_enrolled(faults);
    add("revoked", spec);
    CertificateSpec changed = spec;
    changed.common_name = enrolled_names_[1];
    add("second", changed);
    changed.common_name = dsp_name("");
    add("unenrolled", changed);
    changed.common_name = dsp_name("test.");
    add("other_environment", changed);
    changed = spec;
    changed.valid_from = -30;
    changed.valid_to = -1;
    add("expired", changed);
    changed.valid_from = 2;
    changed.valid_to = 90;
    add("not_yet_valid", changed);
    changed = spec;
    changed.extended_key_usage = "serverAuth";
    add("wrong_eku", changed);
    add_rotations(faults);
    client_crl_ = revocation_list(client_authority_, identities_.find("revoked")->second.certificate.get());
}

/// The one that everything else is compared with, and the separate one for TDS.
void Pki::add_enrolled(const FaultSet& faults) {
    CertificateSpec spec{.common_name = enrolled_names_[0],
                         .key_usage = "critical,digitalSignature",
                         .extended_key_usage = "clientAuth",
                         .alternative_names = ""};
    CertificateSpec tds = spec;
    tds_name_ = faults.has("tds-certificate-is-the-general-one") ? enrolled_names_[0] : dsp_name("");
    tds.common_name = tds_name_;
    if (faults.has("enrolled-expired")) {
        spec.valid_from = -90;
        spec.valid_to = -1;
    }
    if (faults.has("enrolled-not-yet-valid")) {
        spec.valid_from = 2;
    }
    if (faults.has("enrolled-expires-soon")) {
        spec.valid_from = -80;  // of a long life, so that ten days are no third of it
        spec.valid_to = 10;
    }
    if (faults.has("enrolled-without-client-auth")) {
        spec.extended_key_usage = "serverAuth";
    }
    spec.explicit_curve = faults.has("enrolled-explicit-curve");
    Credential made = issue(spec, &client_authority_);
    if (faults.has("enrolled-without-chain")) {
        made.chain.clear();
    }
    identities_.emplace("tds",
                        faults.has("tds-certificate-is-the-general-one") ? made : issue(tds, &client_authority_));
    identities_.emplace("enrolled", std::move(made));
}

/// All have the enrolled name: which of them are served is not a matter of names.
void Pki::add_rotations(const FaultSet& faults) {
    CertificateSpec spec{.common_name = enrolled_names_[0],
                         .key_usage = "critical,digitalSignature",
                         .extended_key_usage = "clientAuth",
                         .alternative_names = ""};
    identities_.emplace("retired", issue(spec, &client_authority_));
    const Credential& old = identities_.emplace("rotated_old", issue(spec, &client_authority_)).first->second;
    if (faults.has("new-certificate-without-client-auth")) {
        spec.extended_key_usage = "serverAuth";
    }
    if (faults.has("new-certificate-other-name")) {
        spec.common_name = dsp_name("");
    }
    if (faults.has("new-certificate-expires-soon")) {
        spec.valid_to = 10;
    }
    Credential made = issue(spec, &client_authority_, faults.has("new-certificate-old-key") ? old.key : nullptr);
    if (faults.has("new-certificate-without-chain")) {
        made.chain.clear();
    }
    identities_.emplace("rotated_new", std::move(made));
}

bool Pki::is_enrolled(std::string_view common_name) const {
    return common_name == tds_name_ ||
           std::find(enrolled_names_.begin(), enrolled_names_.end(), common_name) != enrolled_names_.end();
}

bool Pki::may_use_tds(std::string_view common_name) const {
    return common_name == enrolled_names_[1] || common_name == tds_name_;
}

CertificateSpec Pki::server_spec() {
    return {.common_name = "gateway.embedded.test",
            .key_usage = "critical,digitalSignature",
            .extended_key_usage = "serverAuth",
            .alternative_names = "DNS:gateway.embedded.test,DNS:localhost,IP:127.0.0.1,IP:::1",
            .authority_information = "OCSP;URI:http://ocsp.embedded.test/"};
}

std::optional<std::string> Pki::reference(std::string_view name) const {
    constexpr std::string_view certificate_suffix = ".crt.pem";
    constexpr std::string_view key_suffix = ".key.pem";
    for (const std::string_view suffix : {certificate_suffix, key_suffix}) {
        if (name.size() <= suffix.size() || name.substr(name.size() - suffix.size()) != suffix) {
            continue;
        }
        const std::string_view role = name.substr(0, name.size() - suffix.size());
        const auto found = identities_.find(role);
        const Credential* const credential = role == "client-ca"          ? &client_authority_
                                             : found != identities_.end() ? &found->second
                                                                          : nullptr;
        if (credential != nullptr) {
            return suffix == key_suffix ? credential->key_pem() : credential->certificates_pem();
        }
    }
    return std::nullopt;
}

Credential Pki::signing_certificate(const std::string& common_name) {
    CertificateSpec spec{.common_name = common_name,
                         .key_usage = "critical,digitalSignature",
                         .extended_key_usage = "",
                         .alternative_names = ""};
    spec.valid_from = 0;
    spec.valid_from_minutes = -60;
    return issue(spec, nullptr);
}

Credential Pki::issue_server(const CertificateSpec& spec) const {
    Credential made = issue(spec, &server_authority_);
    made.ocsp = ocsp_response(made, server_authority_);
    return made;
}

}  // namespace gateproof::gateway
