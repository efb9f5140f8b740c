// The one file that uses OpenSSL's ENGINE interface: OpenSSL 3.0 has deprecated it, but Debian's way to tokens is
// still an engine. It is loaded when a profile first names a token, so it is no dependency of the build.
#include "harness/identity/pkcs11.hpp"

#include <fmt/format.h>
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/ui.h>

#include <algorithm>
#include <cctype>

#include "harness/identity/openssl_errors.hpp"
#include "harness/text/ascii.hpp"

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace gateproof {

namespace {

constexpr std::string_view scheme = "pkcs11:";

/// What OpenSSL and the token have to say, last word last.
std::string reasons() {
    std::string out;
    for (unsigned long code = ERR_get_error(); code != 0; code = ERR_get_error()) {
        const char* reason = ERR_reason_error_string(code);
        if (reason != nullptr && out.find(reason) == std::string::npos && out.size() < 200) {
            out += (out.empty() ? "" : ", ") + std::string(reason);
        }
    }
    return out.empty() ? "no reason given" : out;
}

struct Loaded {
    ENGINE* engine = nullptr;
    std::string fault;
};

/// Initialised once and kept: keys point into it until the process ends.
Loaded engine() {
    static ENGINE* ready = nullptr;
    if (ready != nullptr) {
        return {ready, {}};
    }
    OPENSSL_init_crypto(OPENSSL_INIT_ENGINE_DYNAMIC, nullptr);
    ENGINE* found = ENGINE_by_id("pkcs11");
    if (found == nullptr) {
        return {nullptr,
                "needs the OpenSSL engine \"pkcs11\", which is not installed; run: apt-get install "
                "libengine-pkcs11-openssl and your token's module; set PKCS11_MODULE_PATH to that module"};
    }
    // libcurl registers every engine it finds: this one would then stand before each EC and RSA operation of the
    // process, while it belongs to the keys of tokens alone.
    ENGINE_set_flags(found, ENGINE_get_flags(found) | ENGINE_FLAGS_NO_REGISTER_ALL);
    ENGINE_ctrl_cmd_string(found, "QUIET", nullptr, 1);
    if (ENGINE_init(found) != 1) {
        std::string fault = fmt::format(
            "needs a PKCS#11 module that works ({}); install your token's module and set PKCS11_MODULE_PATH to it",
            reasons());
        ENGINE_free(found);
        return {nullptr, std::move(fault)};
    }
    ready = found;
    return {ready, {}};
}

/// The engine would offer the PIN of one token to the next, and without any ask at the terminal: an empty one, which
/// tokens refuse for its length, stands for none.
bool give_pin(ENGINE* engine, const std::optional<std::string>& pin) {
    return ENGINE_ctrl_cmd_string(engine, "PIN", pin ? pin->c_str() : "", 0) == 1;
}

std::string not_found(std::string_view what, const std::optional<std::string>& pin) {
    return fmt::format(
        "leads to no {} ({}); check that the token is there (p11tool --list-tokens), its object and type, "
        "and {}",
        what, reasons(),
        pin ? "that the passphrase is the token's PIN" : "whether it needs a PIN: give \"passphrase\"");
}

}  // namespace

bool is_pkcs11_uri(std::string_view text) {
    return text.substr(0, scheme.size()) == scheme;
}

std::string pkcs11_uri_fault(std::string_view uri) {
    const std::string folded = lower_case(uri);
    if (folded.find("pin-value") != std::string::npos) {
        return "a PIN stands in the profile itself; profiles are shared, so remove pin-value and write where the PIN "
               "is: \"passphrase\": \"env:NAME\" or file:PATH";
    }
    if (folded.find("pin-source") != std::string::npos) {
        return "pin-source has the token's own library read a file or run a program for the PIN, past all that is kept "
               "out of reports; remove it and write where the PIN is: \"passphrase\": \"env:NAME\" or file:PATH";
    }
    const bool printable =
        std::all_of(uri.begin(), uri.end(), [](char c) { return c > ' ' && static_cast<unsigned char>(c) < 0x7F; });
    if (!printable || folded.find('=') == std::string::npos) {
        return "expected a PKCS#11 URI (RFC 7512) such as pkcs11:token=NAME;object=NAME, percent-encoded";
    }
    return {};
}

TokenKey key_from_token(const std::string& uri, const std::optional<std::string>& pin) {
    const OpensslErrorScope errors;
    TokenKey load;
    const Loaded loaded = engine();
    if (loaded.engine == nullptr) {
        load.fault = loaded.fault;
        return load;
    }
    if (give_pin(loaded.engine, pin)) {
        load.key.reset(ENGINE_load_private_key(loaded.engine, uri.c_str(), const_cast<UI_METHOD*>(UI_null()), nullptr));
    }
    if (!load.key) {
        load.fault = not_found("private key", pin);
        return load;
    }
    // Registered for nothing else, so each key must name its engine (RSA-PSS is done there).
    EVP_PKEY_set1_engine(load.key.get(), loaded.engine);
    return load;
}

TokenCertificate certificate_from_token(const std::string& uri, const std::optional<std::string>& pin) {
    const OpensslErrorScope errors;
    TokenCertificate load;
    const Loaded loaded = engine();
    if (loaded.engine == nullptr) {
        load.fault = loaded.fault;
        return load;
    }
    struct {
        const char* uri;
        X509* certificate;
    } request{uri.c_str(), nullptr};  // the engine's own protocol for LOAD_CERT_CTRL
    if (give_pin(loaded.engine, pin)) {
        ENGINE_ctrl_cmd(loaded.engine, "LOAD_CERT_CTRL", 0, &request, nullptr, 0);
    }
    if (request.certificate == nullptr) {
        load.fault = not_found("certificate", pin);
        return load;
    }
    load.certificate = Certificate(CertificateHandle(request.certificate));
    return load;
}

}  // namespace gateproof
