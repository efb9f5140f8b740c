#include "suites/gateway/mtls/headers.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/x509.h>

#include <algorithm>
#include <utility>

#include "harness/text/ascii.hpp"
#include "harness/text/encoding.hpp"

namespace gateproof::suites {
namespace {

constexpr std::size_t max_pack_bytes = std::size_t{6} * 1024;  // common servers allow 8 KiB in all
constexpr std::size_t max_pack_headers = 40;

std::string pem_of(std::string_view der_base64) {
    std::string text = "-----BEGIN CERTIFICATE-----\n";
    for (std::size_t at = 0; at < der_base64.size(); at += 64) {
        text += std::string(der_base64.substr(at, 64)) + "\n";
    }
    return text + "-----END CERTIFICATE-----\n";
}

std::size_t size_of(const Headers& headers) {
    std::size_t bytes = 0;
    for (const auto& [name, value] : headers) {
        bytes += name.size() + value.size() + 4;
    }
    return bytes;
}

/// What proxies say of a certificate, in the forms that they use.
struct Facts {
    std::string cn;
    std::string dn;
    std::string issuer;
    std::string sha1;
    std::string sha256;
    std::string der;         ///< base64
    std::string pem;         ///< percent-encoded
    std::string dn_encoded;  ///< DER, base64
    std::string chain;       ///< base64 of the certificate above the leaf; empty: it is not known

    explicit Facts(const Identity& claimed)
        : cn(claimed.leaf.common_name()),
          dn(claimed.leaf.subject()),
          issuer(claimed.leaf.issuer()),
          sha1(claimed.leaf.sha1_fingerprint()),
          sha256(claimed.leaf.sha256_fingerprint()),
          der(base64(claimed.leaf.der())),
          pem(percent_encoded(pem_of(der))),
          dn_encoded(base64(encoded_subject(claimed.leaf))),
          chain(claimed.chain.empty() ? std::string() : base64(claimed.chain.front().der())) {}

    static std::string encoded_subject(const Certificate& certificate) {
        unsigned char* bytes = nullptr;
        const int size = i2d_X509_NAME(X509_get_subject_name(certificate.get()), &bytes);
        std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(std::max(size, 0)));
        OPENSSL_free(bytes);
        return out;
    }
};

std::vector<Headers> of_proxies(const Facts& of) {
    return {
        // nginx, ingress-nginx ($ssl_client_fingerprint: SHA-1)
        {{"X-SSL-Client-Verify", "SUCCESS"},
         {"X-SSL-Client-S-DN", of.dn},
         {"X-SSL-Client-I-DN", of.issuer},
         {"X-SSL-Client-Fingerprint", lower_case(of.sha1)},
         {"X-SSL-Client-Cert", of.pem}},
        {{"ssl-client-verify", "SUCCESS"}, {"ssl-client-subject-dn", of.dn}, {"ssl-client-cert", of.pem}},
        {{"X-SSL-CERT", of.pem}, {"X-Certificate-Subject", of.dn}},
        // HAProxy (ssl_c_sha1,hex)
        {{"X-SSL", "1"},
         {"X-SSL-Client-CN", of.cn},
         {"X-SSL-Client-DN", of.dn},
         {"X-SSL-Issuer", of.issuer},
         {"X-SSL-Client-SHA1", of.sha1},
         {"X-SSL-Client-DER", of.der},
         {"X-Client-DN", of.dn},
         {"X-Client-CN", of.cn}},
        // Envoy, Istio
        {{"X-Forwarded-Client-Cert",
          fmt::format("Hash={};Cert=\"{}\";Subject=\"{}\";URI=", lower_case(of.sha256), of.pem, of.dn)}},
        // Traefik: PEM without its first and last line, and what it says, both percent-encoded
        {{"X-Forwarded-Tls-Client-Cert", percent_encoded(of.der)},
         {"X-Forwarded-Tls-Client-Cert-Info",
          percent_encoded(fmt::format("Subject=\"{}\";Issuer=\"{}\"", of.dn, of.issuer))}},
        // Apache httpd
        {{"SSL_CLIENT_VERIFY", "SUCCESS"},
         {"SSL_CLIENT_S_DN", of.dn},
         {"SSL_CLIENT_S_DN_CN", of.cn},
         {"SSL-Client-S-DN", of.dn},
         {"SSL-Client-S-DN-CN", of.cn},
         {"X_SSL_CLIENT_S_DN", of.dn},
         {"SSL_CLIENT_CERT", of.pem}},
    };
}

std::vector<Headers> of_clouds(const Facts& of) {
    return {
        // AWS application load balancers
        {{"X-Amzn-Mtls-Clientcert-Subject", of.dn},
         {"X-Amzn-Mtls-Clientcert-Issuer", of.issuer},
         {"X-Amzn-Mtls-Clientcert-Leaf", of.pem}},
        {{"X-Amzn-Mtls-Clientcert", of.pem}},
        // Google's load balancers, which write a DN as base64 of its DER
        {{"X-Client-Cert-Present", "true"},
         {"X-Client-Cert-Chain-Verified", "true"},
         {"X-Client-Cert-Subject-Dn", of.dn_encoded},
         {"X-Client-Cert-Leaf", fmt::format(":{}:", of.der)},
         {"X-Client-Cert-Chain", fmt::format(":{}:", of.chain.empty() ? of.der : of.chain)}},
        {{"X-Goog-Mtls-Client-Cert", of.der}},
        // Cloudflare
        {{"Cf-Cert-Presented", "true"},
         {"Cf-Cert-Verified", "true"},
         {"Cf-Cert-Subject-Dn", of.dn},
         {"Cf-Cert-Fingerprint-Sha1", lower_case(of.sha1)},
         {"Cf-Client-Cert-Verified", "true"},
         {"Cf-Client-Cert-Subject-Dn", of.dn},
         {"Cf-Client-Cert-Sha256", lower_case(of.sha256)},
         {"Cf-Client-Cert-Der-Base64", of.der}},
        // F5 BIG-IP
        {{"X-Client-Cert-Subject", of.dn},
         {"X-SSL-Client-Subject", of.dn},
         {"SSLClientCertStatus", "ok"},
         {"SSLClientCertSubject", of.dn},
         {"X-Client-Cert", of.der}},
        // Azure
        {{"X-ARR-ClientCert", of.der}},
    };
}

std::vector<Headers> of_gateways(const Facts& of) {
    std::vector<Headers> products{
        // Kong
        {{"X-Consumer-ID", of.cn},
         {"X-Consumer-Username", of.cn},
         {"X-Consumer-Custom-ID", of.cn},
         {"X-Credential-Identifier", of.cn},
         {"X-Client-Cert-Dn", of.dn}},
        // Apigee
        {{"X-Apigee-Tls-Client-S-Dn", of.dn}, {"X-Apigee-Tls-Client-CN", of.cn}},
        // Others
        {{"X-Client-Certificate", of.pem},
         {"X-Client-Subject", of.dn},
         {"X-Client-Common-Name", of.cn},
         {"X-Forwarded-Client-DN", of.dn},
         {"X-Forwarded-SSL-Client-CN", of.cn},
         {"X-Client-Verified", "true"},
         {"X-Forwarded-User", of.cn},
         {"X-Remote-User", of.cn},
         {"Remote-User", of.cn}},
    };
    // RFC 9440
    Headers standard{{"Client-Cert", fmt::format(":{}:", of.der)}};
    if (!of.chain.empty()) {
        standard.emplace_back("Client-Cert-Chain", fmt::format(":{}:", of.chain));
    }
    products.push_back(std::move(standard));
    return products;
}

/// A value of the profile, its placeholders filled in.
std::string filled_in(std::string value, const Facts& of) {
    const std::pair<std::string_view, const std::string&> known[] = {
        {"{common_name}", of.cn}, {"{subject}", of.dn}, {"{issuer}", of.issuer}, {"{pem}", of.pem},
        {"{der}", of.der},        {"{sha1}", of.sha1},  {"{sha256}", of.sha256}};
    for (const auto& [name, fact] : known) {
        for (std::size_t at = value.find(name); at != std::string::npos; at = value.find(name, at + fact.size())) {
            value.replace(at, name.size(), fact);
        }
    }
    return value;
}

}  // namespace

std::vector<Headers> forwarded_identity_headers(const Identity& claimed, const Headers& own) {
    const Facts facts(claimed);
    std::vector<Headers> products(1);
    for (const auto& [name, value] : own) {
        products.front().emplace_back(name, filled_in(value, facts));
    }
    for (auto* const group : {&of_proxies, &of_clouds, &of_gateways}) {
        std::vector<Headers> more = group(facts);
        products.insert(products.end(), more.begin(), more.end());
    }
    std::vector<Headers> packs;
    for (Headers& product : products) {
        // What the profile says of a header goes before what its product would say.
        if (&product != &products.front()) {
            std::erase_if(product, [&own](const auto& header) {
                return std::ranges::any_of(
                    own, [&header](const auto& known) { return same_ignoring_case(known.first, header.first); });
            });
        }
        const bool fits = !packs.empty() && size_of(packs.back()) + size_of(product) <= max_pack_bytes &&
                          packs.back().size() + product.size() <= max_pack_headers;
        if (!fits) {
            packs.emplace_back();
        }
        packs.back().insert(packs.back().end(), product.begin(), product.end());
    }
    return packs;
}

}  // namespace gateproof::suites
