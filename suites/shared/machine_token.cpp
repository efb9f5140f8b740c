#include "suites/shared/machine_token.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>

#include "harness/text/ascii.hpp"
#include "harness/text/encoding.hpp"

namespace gateproof::suites {
namespace {

constexpr std::int64_t good_lifetime = 600;
/// Clocks differ a little; a JWT from the future is refused.
constexpr std::int64_t issued_ago = 5;

template <class Write>
std::string pem_of(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
    write(bio.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string public_key_der(EVP_PKEY* key) {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(std::max(size, 0)));
    OPENSSL_free(der);
    return bytes;
}

std::string subject_of(const Machine& machine) {
    const Certificate& certificate = machine.signer->leaf;
    switch (machine.subject) {
        case Machine::Subject::sha1_lower: return lower_case(certificate.sha1_fingerprint());
        case Machine::Subject::sha1_upper: return certificate.sha1_fingerprint();
        case Machine::Subject::sha256_upper: break;
    }
    return certificate.sha256_fingerprint();
}

std::string_view words_of(Machine::Subject subject) {
    switch (subject) {
        case Machine::Subject::sha1_lower: return "sub as SHA-1 in lower case";
        case Machine::Subject::sha1_upper: return "sub as SHA-1 in upper case";
        case Machine::Subject::sha256_upper: break;
    }
    return "sub as SHA-256 in upper case";
}

std::string_view words_of(Machine::NoLogon form) {
    switch (form) {
        case Machine::NoLogon::null: return "startLogon null";
        case Machine::NoLogon::empty: return "an empty startLogon";
        case Machine::NoLogon::absent: break;
    }
    return "no startLogon";
}

}  // namespace

std::optional<std::string> MachineToken::text() const {
    return jwt::make(algorithm, key.get(), header, claims);
}

void MachineToken::valid(std::int64_t issued, std::int64_t expires) {
    claims["iat"] = issued;
    claims["exp"] = expires;
}

std::int64_t seconds_of(std::chrono::system_clock::time_point moment) {
    return std::chrono::floor<std::chrono::seconds>(moment.time_since_epoch()).count();
}

std::int64_t not_before(const Certificate& certificate) {
    std::tm fields{};
    if (ASN1_TIME_to_tm(X509_get0_notBefore(certificate.get()), &fields) != 1) {
        return 0;
    }
    return timegm(&fields);
}

std::vector<MachineForm> other_forms(const Machine& machine) {
    using Subject = Machine::Subject;
    using NoLogon = Machine::NoLogon;
    std::vector<MachineForm> forms;
    for (const Subject subject : {Subject::sha256_upper, Subject::sha1_lower, Subject::sha1_upper}) {
        for (const NoLogon no_logon : {NoLogon::absent, NoLogon::null, NoLogon::empty}) {
            const bool names_user = !machine.start_logon.empty();
            const bool same_logon = no_logon == machine.no_logon;
            if ((names_user && !same_logon) || (subject == machine.subject && same_logon)) {
                continue;
            }
            MachineForm form{std::string(words_of(subject)), machine};
            if (!names_user) {
                form.what += fmt::format(", {}", words_of(no_logon));
            }
            form.machine.subject = subject;
            form.machine.no_logon = no_logon;
            forms.push_back(std::move(form));
        }
    }
    std::ranges::stable_sort(forms, {}, [&machine](const MachineForm& form) {
        return (form.machine.subject != machine.subject) && (form.machine.no_logon != machine.no_logon);
    });
    return forms;
}

std::optional<MachineToken> good_token(const Machine& machine, const TimeSpan& now) {
    MachineToken token;
    token.key = machine.signer->key;
    const std::optional<jwt::Algorithm> algorithm =
        machine.algorithm.empty() ? jwt::algorithm_for(token.key.get()) : jwt::algorithm_from(machine.algorithm);
    if (!algorithm || !jwt::fits(*algorithm, token.key.get())) {
        return std::nullopt;
    }
    token.algorithm = *algorithm;
    token.header = {{"alg", jwt::to_string(*algorithm)}, {"typ", "JWT"}, {"kid", "M2M"}};
    token.claims = {{"sub", subject_of(machine)}, {"iss", machine.issuer}};
    if (!machine.start_logon.empty()) {
        token.claims["startLogon"] = machine.start_logon;
    } else if (machine.no_logon == Machine::NoLogon::null) {
        token.claims["startLogon"] = nullptr;
    } else if (machine.no_logon == Machine::NoLogon::empty) {
        token.claims["startLogon"] = "";
    }
    const bool spans = now.width() + std::chrono::seconds(2 * good_lifetime) < std::chrono::seconds(longest_lifetime);
    const std::int64_t first = seconds_of(spans ? now.earliest : now.likeliest);
    const std::int64_t last = seconds_of(spans ? now.latest : now.likeliest);
    const std::int64_t issued = std::max(first - issued_ago, not_before(machine.signer->leaf));
    token.valid(issued, std::max(last, issued) + good_lifetime);
    return token;
}

std::optional<std::string> machine_token(const Machine& machine, const TimeSpan& now) {
    const std::optional<MachineToken> token = good_token(machine, now);
    return token ? token->text() : std::nullopt;
}

std::vector<std::string> confusable_secrets(const Identity& signer) {
    X509* const certificate = signer.leaf.get();
    EVP_PKEY* const key = X509_get0_pubkey(certificate);
    std::vector<std::string> secrets{pem_of([key](BIO* out) { PEM_write_bio_PUBKEY(out, key); }),
                                     pem_of([certificate](BIO* out) { PEM_write_bio_X509(out, certificate); })};
    for (std::size_t at = 0; at < 2; ++at) {
        std::string bare = secrets[at];
        bare.erase(bare.find_last_not_of('\n') + 1);
        secrets.push_back(std::move(bare));
    }
    secrets.push_back(public_key_der(key));
    secrets.push_back(signer.leaf.der());
    return secrets;
}

std::string confused(const MachineToken& token, std::string_view secret) {
    jwt::Json header = token.header;
    header["alg"] = "HS256";
    const std::string input = jwt::signing_input(header, token.claims);
    return jwt::compact(input, jwt::hmac_sha256(secret, input));
}

std::string unsigned_token(const MachineToken& token, std::string_view none) {
    jwt::Json header = token.header;
    header["alg"] = none;
    return jwt::compact(jwt::signing_input(header, token.claims), "");
}

jwt::Json x5c_of(const Certificate& certificate) {
    return jwt::Json::array({base64(certificate.der())});
}

}  // namespace gateproof::suites
