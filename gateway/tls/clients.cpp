// Who is asked for a certificate, and which sessions may be taken up again: the part of TlsServer about its clients.
#include <openssl/err.h>
#include <openssl/evp.h>
#include <boost/asio/ip/address.hpp>

#include <array>
#include <stdexcept>
#include <utility>

#include "gateway/tls/server.hpp"
#include "gateway/tls/unchecked_key.hpp"

namespace gateproof::gateway {
namespace {

int accept_any(int, X509_STORE_CTX*) {
    return 1;
}

/// The host_name of a server_name extension (RFC 6066 3); empty when it is anything else.
std::string host_name_of(const unsigned char* data, std::size_t size) {
    const auto number = [data](std::size_t at) { return static_cast<std::size_t>(data[at]) << 8 | data[at + 1]; };
    if (size < 5 || number(0) != size - 2 || data[2] != TLSEXT_NAMETYPE_host_name || number(3) != size - 5) {
        return {};
    }
    return {reinterpret_cast<const char*>(data) + 5, size - 5};
}

int arrival_index() {
    static const int index = SSL_get_ex_new_index(
        0, nullptr, nullptr, nullptr,
        [](void*, void* arrival, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<Arrival*>(arrival); });
    return index;
}

Arrival* arrival_of(const SSL* ssl) {
    return static_cast<Arrival*>(SSL_get_ex_data(ssl, arrival_index()));
}

bool is_address(const std::string& name) {
    boost::system::error_code not_one;
    boost::asio::ip::make_address(name, not_one);
    return !not_one;
}

}  // namespace

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return lower;
}

void TlsServer::remember(SSL* ssl, Arrival arrival) {
    SSL_set_ex_data(ssl, arrival_index(), new Arrival(std::move(arrival)));
}

std::string TlsServer::server_name(const SSL* ssl) {
    const Arrival* const arrival = arrival_of(ssl);
    return arrival != nullptr ? lower_case(arrival->name) : std::string();
}

bool TlsServer::overlooked_certificate(const SSL* ssl) {
    const Arrival* const arrival = arrival_of(ssl);
    return arrival != nullptr && arrival->overlooked;
}

void TlsServer::set_client_authentication(SSL_CTX* context, const Pki& pki) {
    constexpr int demand = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    if (role_ == ListenerRole::mock) {
        if (faults_.has("mock-requires-certificate")) {
            SSL_CTX_set_verify(context, demand, accept_any);
        }
        return;
    }
    if (role_ == ListenerRole::desktop) {
        if (faults_.has("desktop-requires-certificate")) {
            SSL_CTX_set_verify(context, demand, accept_any);
        } else if (faults_.has("desktop-asks-certificate")) {
            SSL_CTX_set_verify(context, SSL_VERIFY_PEER, accept_any);
        }
        return;
    }
    if (faults_.has("cloud-does-not-request")) {
        return;
    }
    const bool others = faults_.has("asks-for-other-authorities");
    const Credential& root = others ? pki.server_root() : pki.client_root();
    const Credential& issuing = others ? pki.server_root() : pki.client_authority();
    if (SSL_CTX_add_client_CA(context, root.certificate.get()) != 1 ||
        SSL_CTX_add_client_CA(context, issuing.certificate.get()) != 1) {
        throw std::runtime_error("TLS set-up: acceptable authorities");
    }
    const bool optional =
        certificate_optional_ || faults_.has("certificate-optional") || faults_.has("serves-the-nameless-alone") ||
        faults_.has("certificateless-session-resumed-1.2") || faults_.has("certificateless-session-resumed-1.3") ||
        faults_.has("absolute-form-served") || faults_.has("network-exempt-from-certificates") ||
        faults_.has("own-session-served-under-other-name");
    SSL_CTX_set_verify(context, optional ? SSL_VERIFY_PEER : demand, nullptr);
    SSL_CTX_set_cert_verify_callback(context, &TlsServer::verify_client, this);
}

bool TlsServer::overlooks_certificate(const Arrival& arrival) const {
    if (faults_.empty() || role_ != ListenerRole::cloud) {
        return false;
    }
    const std::string name = lower_case(arrival.name);
    if (name == own_server_name) {
        return (arrival.name != name && faults_.has("certificate-not-demanded-in-other-case")) ||
               (arrival.in_segments && faults_.has("certificate-not-demanded-in-two-segments")) ||
               (arrival.in_records && faults_.has("certificate-not-demanded-in-two-records"));
    }
    if (name == other_server_name) {
        return faults_.has("certificate-not-demanded-under-other-name");
    }
    if (faults_.has("certificate-by-sni-alone")) {
        return true;
    }
    if (name.empty()) {
        return faults_.has("certificate-not-demanded-without-sni");
    }
    return faults_.has("certificate-not-demanded-under-unknown-sni") ||
           (name == std::string(own_server_name) + "." && faults_.has("certificate-not-demanded-behind-a-dot")) ||
           (is_address(name) && faults_.has("certificate-not-demanded-under-an-address"));
}

bool TlsServer::believes_certificate(std::string_view server_name) const {
    return !faults_.empty() && role_ == ListenerRole::cloud && server_name != own_server_name &&
           server_name != other_server_name && faults_.has("certificates-verified-under-own-name-alone");
}

int TlsServer::verify_client(X509_STORE_CTX* context, void* self) {
    const auto& server = *static_cast<const TlsServer*>(self);
    X509* const leaf = X509_STORE_CTX_get0_cert(context);
    const auto* const ssl =
        static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
    const int reason = server.believes_certificate(server_name(ssl))
                           ? X509_V_OK
                           : server.clients_.verify(leaf, X509_STORE_CTX_get0_untrusted(context));
    X509_STORE_CTX_set_error(context, reason);
    if (reason == X509_V_OK && server.faults_.has("no-certificate-verify-check")) {
        stop_checking_signatures(leaf);
    }
    return reason == X509_V_OK ? 1 : 0;
}

/// Runs before OpenSSL looks at a session to resume. Choosing the virtual server any later would leave the session of
/// one name good for another (CVE-2025-23419).
int TlsServer::on_client_hello(SSL* ssl, int*, void* self) {
    const auto& server = *static_cast<const TlsServer*>(self);
    const unsigned char* data = nullptr;
    std::size_t size = 0;
    // A second ClientHello (RFC 8446 4.1.2) comes here again.
    Arrival& arrival = *arrival_of(ssl);
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &data, &size) == 1) {
        arrival.name = host_name_of(data, size);
    }
    const std::string name = lower_case(arrival.name);
    if (name == other_server_name) {
        SSL_set_SSL_CTX(ssl, server.other_context_.get());
    }
    arrival.overlooked = server.overlooks_certificate(arrival);
    if (arrival.overlooked || (name == other_server_name && server.faults_.has("other-names-session-served"))) {
        SSL_set_verify(ssl, SSL_VERIFY_NONE, nullptr);
    }
    server.bind_sessions(ssl, name);
    return SSL_CLIENT_HELLO_SUCCESS;
}

/// A session is good for the listener and the name that it was made under (RFC 6066 3), and for nothing else.
void TlsServer::bind_sessions(SSL* ssl, const std::string& name) const {
    std::string scope = "gateproof";
    if (!faults_.has("tickets-shared-across-listeners")) {
        scope += role_ == ListenerRole::cloud ? " cloud" : role_ == ListenerRole::desktop ? " desktop" : " mock";
    }
    if (!faults_.has("tickets-shared-across-names") && !faults_.has("other-names-session-served") &&
        !faults_.has("own-session-served-under-other-name")) {
        scope += ' ' + name;
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(scope.data(), scope.size(), digest.data(), &size, EVP_sha256(), nullptr);
    SSL_set_session_id_context(ssl, digest.data(), size);
}

}  // namespace gateproof::gateway
