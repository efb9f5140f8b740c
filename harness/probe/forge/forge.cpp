#include "harness/probe/forge/forge.hpp"

#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "harness/identity/openssl_errors.hpp"
#include "harness/probe/forge/keys.hpp"
#include "harness/probe/forge/mould.hpp"

namespace gateproof::forge {

namespace {

IdentityPtr identity(std::string role, std::optional<Certificate> leaf, std::vector<Certificate> chain, KeyPtr key) {
    if (!leaf || !key) {
        return nullptr;
    }
    return std::make_shared<const Identity>(
        Identity{std::move(role), std::move(*leaf), std::move(chain), std::move(key)});
}

/// From the certificate: a key in a token tells less of itself.
EVP_PKEY* public_key(const Certificate& certificate) {
    return X509_get0_pubkey(certificate.get());
}

bool is_root(const Certificate& certificate) {
    return X509_NAME_cmp(X509_get_subject_name(certificate.get()), X509_get_issuer_name(certificate.get())) == 0;
}

struct LookAlike {
    std::optional<Certificate> certificate;
    KeyPtr key;
};

/// A copy of the genuine CA's certificate where it is known, else one that has its name in common.
LookAlike look_alike_ca(const Identity& genuine) {
    const X509_NAME* name = X509_get_issuer_name(genuine.leaf.get());
    const auto real = std::find_if(genuine.chain.begin(), genuine.chain.end(), [&](const Certificate& one) {
        return X509_NAME_cmp(X509_get_subject_name(one.get()), name) == 0;
    });
    const bool known = real != genuine.chain.end();
    Mould mould = known ? Mould(*real) : Mould::authority(name, genuine.leaf);
    LookAlike made;
    made.key = key_like(public_key(known ? *real : genuine.leaf));
    if (made.key) {
        made.certificate = mould.sign(made.key.get(), nullptr, made.key.get());
    }
    return made;
}

std::string in_other_case(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        const auto byte = static_cast<unsigned char>(c);
        c = static_cast<char>(std::islower(byte) != 0 ? std::toupper(byte) : std::tolower(byte));
    }
    return out;
}

Spec named(std::string role, std::string common_name) {
    Spec spec;
    spec.role = std::move(role);
    spec.common_name = std::move(common_name);
    return spec;
}

}  // namespace

IdentityPtr self_signed_twin(const Identity& genuine) {
    const OpensslErrorScope errors;
    const KeyPtr key = key_like(public_key(genuine.leaf));
    if (!key) {
        return nullptr;
    }
    Mould mould(genuine.leaf);
    return identity("self-signed-twin", mould.sign(key.get(), nullptr, key.get()), {}, key);
}

IdentityPtr look_alike_ca_twin(const Identity& genuine) {
    const OpensslErrorScope errors;
    const KeyPtr key = key_like(public_key(genuine.leaf));
    LookAlike ca = look_alike_ca(genuine);
    if (!key || !ca.certificate) {
        return nullptr;
    }
    Mould mould(genuine.leaf);
    std::optional<Certificate> leaf = mould.sign(key.get(), &*ca.certificate, ca.key.get());
    return identity("look-alike-ca-twin", std::move(leaf), {std::move(*ca.certificate)}, key);
}

IdentityPtr signed_by_leaf(const Identity& genuine) {
    const OpensslErrorScope errors;
    const KeyPtr key = key_like(public_key(genuine.leaf));
    if (!key) {
        return nullptr;
    }
    Mould mould(genuine.leaf);
    std::optional<Certificate> leaf = mould.sign(key.get(), &genuine.leaf, genuine.key.get());
    std::vector<Certificate> chain{genuine.leaf};
    chain.insert(chain.end(), genuine.chain.begin(), genuine.chain.end());
    return identity("signed-by-leaf", std::move(leaf), std::move(chain), key);
}

IdentityPtr stolen_certificate(const Identity& genuine) {
    const OpensslErrorScope errors;
    return identity("stolen-certificate", genuine.leaf, genuine.chain, mismatched_key(public_key(genuine.leaf)));
}

IdentityPtr tampered(const Identity& genuine) {
    const OpensslErrorScope errors;
    std::string der = genuine.leaf.der();
    if (der.empty()) {
        return nullptr;
    }
    // signatureValue comes last (RFC 5280, 4.1): its last byte is the low end of a number, so the encoding stays good.
    der.back() = static_cast<char>(der.back() ^ 1);
    return identity("tampered", Certificate::from_der(der), genuine.chain, genuine.key);
}

IdentityPtr issued(const Issuer& issuer, const Identity& genuine, const Spec& spec) {
    const OpensslErrorScope errors;
    const KeyPtr key = key_like(public_key(genuine.leaf));
    if (!key) {
        return nullptr;
    }
    Mould mould(genuine.leaf);
    std::vector<std::string> names{spec.common_name.value_or(genuine.leaf.common_name())};
    names.insert(names.end(), spec.extra_common_names.begin(), spec.extra_common_names.end());
    if (spec.common_name_in_san_only) {
        mould.set_common_names(spec.extra_common_names);
        mould.set_subject_alt_name(names.front());
    } else if (spec.common_name || !spec.extra_common_names.empty()) {
        mould.set_common_names(names);
        // Nothing else in the certificate may name the genuine client.
        mould.remove(NID_subject_alt_name);
    }
    mould.surround_subject(spec.before, spec.behind);
    mould.remove(NID_ext_key_usage);
    if (!spec.extended_key_usage.empty()) {
        mould.set(NID_ext_key_usage, spec.extended_key_usage);
    }
    if (spec.authority) {
        mould.set(NID_basic_constraints, "critical,CA:TRUE");
        mould.set(NID_key_usage, spec.signs_handshakes ? "critical,digitalSignature,keyCertSign,cRLSign"
                                                       : "critical,keyCertSign,cRLSign");
    }
    mould.set_lifetime(spec.valid_from_days, spec.valid_to_days);
    if (spec.valid_for) {
        mould.set_end(*spec.valid_for);
    }
    std::optional<Certificate> leaf = mould.sign(key.get(), &issuer.certificate, issuer.key.get());
    std::vector<Certificate> chain;
    if (!is_root(issuer.certificate)) {
        chain.push_back(issuer.certificate);
    }
    chain.insert(chain.end(), issuer.chain.begin(), issuer.chain.end());
    return identity(spec.role, std::move(leaf), std::move(chain), key);
}

std::vector<Spec> common_name_variants(std::string_view cn) {
    const std::string name(cn);
    const std::string other = "gateproof-other";
    std::vector<Spec> specs;
    specs.push_back(named("cn-with-prefix", "x" + name));
    specs.push_back(named("cn-with-suffix", name + "x"));
    if (name.size() > 1) {
        specs.push_back(named("cn-cut-short", name.substr(0, name.size() - 1)));
    }
    if (in_other_case(name) != name) {
        specs.push_back(named("cn-in-other-case", in_other_case(name)));
    }
    specs.push_back(named("cn-with-nul", name + std::string(1, '\0') + ".example"));
    specs.push_back(named("cn-with-blank", name + " "));
    specs.push_back(named("cn-with-dot", name + "."));
    specs.push_back(named("cn-with-host", name + "@gateproof.invalid"));
    const std::size_t dot = name.find('.');
    if (dot != std::string::npos && dot > 0 && name[0] != '*') {
        specs.push_back(named("cn-wildcard", "*" + name.substr(dot)));
    }
    specs.push_back(named("cn-in-organisation", other));
    specs.back().before = {{NID_organizationName, "x/CN=" + name}};
    specs.back().behind = {{NID_organizationName, "x,CN=" + name}, {NID_organizationalUnitName, "x/CN=" + name}};
    specs.push_back(named("cn-in-other-attributes", other));
    specs.back().behind = {{NID_organizationalUnitName, name}, {NID_organizationName, name}, {NID_userId, name}};
    specs.push_back(named("cn-second", other));
    specs.back().extra_common_names = {name};
    specs.push_back(named("cn-first-of-two", name));
    specs.back().extra_common_names = {other};
    specs.push_back(named("cn-in-san-only", name));
    specs.back().common_name_in_san_only = true;
    return specs;
}

}  // namespace gateproof::forge
