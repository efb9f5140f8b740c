#include "suites/gateway/mtls/headers.hpp"

#include <fmt/format.h>

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

}  // namespace

std::vector<Headers> forwarded_identity_headers(const Identity& claimed) {
    const std::string cn = claimed.leaf.common_name();
    const std::string dn = claimed.leaf.subject();
    const std::string issuer = claimed.leaf.issuer();
    const std::string sha1 = claimed.leaf.sha1_fingerprint();
    const std::string der = base64(claimed.leaf.der());
    const std::string pem = percent_encoded(pem_of(der));
    const std::vector<Headers> products{
        // nginx, ingress-nginx ($ssl_client_fingerprint: SHA-1)
        {{"X-SSL-Client-Verify", "SUCCESS"},
         {"X-SSL-Client-S-DN", dn},
         {"X-SSL-Client-I-DN", issuer},
         {"X-SSL-Client-Fingerprint", lower_case(sha1)},
         {"X-SSL-Client-Cert", pem}},
        {{"ssl-client-verify", "SUCCESS"}, {"ssl-client-subject-dn", dn}, {"ssl-client-cert", pem}},
        // HAProxy (ssl_c_sha1,hex)
        {{"X-SSL", "1"},
         {"X-SSL-Client-CN", cn},
         {"X-SSL-Client-DN", dn},
         {"X-SSL-Issuer", issuer},
         {"X-SSL-Client-SHA1", sha1},
         {"X-SSL-Client-DER", der},
         {"X-Client-DN", dn},
         {"X-Client-CN", cn}},
        // Envoy, Istio
        {{"X-Forwarded-Client-Cert", fmt::format("Hash={};Cert=\"{}\";Subject=\"{}\";URI=",
                                                 lower_case(claimed.leaf.sha256_fingerprint()), pem, dn)}},
        // Apache httpd
        {{"SSL_CLIENT_VERIFY", "SUCCESS"},
         {"SSL_CLIENT_S_DN", dn},
         {"SSL_CLIENT_S_DN_CN", cn},
         {"SSL-Client-S-DN", dn},
         {"SSL-Client-S-DN-CN", cn},
         {"X_SSL_CLIENT_S_DN", dn},
         {"SSL_CLIENT_CERT", pem}},
        // AWS application load balancers
        {{"X-Amzn-Mtls-Clientcert-Subject", dn},
         {"X-Amzn-Mtls-Clientcert-Issuer", issuer},
         {"X-Amzn-Mtls-Clientcert-Leaf", pem}},
        {{"X-Amzn-Mtls-Clientcert", pem}},
        // F5 BIG-IP
        {{"X-Client-Cert-Subject", dn},
         {"X-SSL-Client-Subject", dn},
         {"SSLClientCertStatus", "ok"},
         {"SSLClientCertSubject", dn},
         {"X-Client-Cert", der}},
        // Azure
        {{"X-ARR-ClientCert", der}},
        // RFC 9440
        {{"Client-Cert", ":" + der + ":"}},
        // Others
        {{"X-Client-Certificate", pem},
         {"X-Client-Subject", dn},
         {"X-Client-Common-Name", cn},
         {"X-Forwarded-Client-DN", dn},
         {"X-Forwarded-SSL-Client-CN", cn},
         {"X-Client-Verified", "true"},
         {"X-Remote-User", cn},
         {"Remote-User", cn}},
    };
    std::vector<Headers> packs;
    for (const Headers& product : products) {
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
