#include "gateway/http/callers.hpp"

#include <algorithm>
#include <array>

#include "gateway/tls/rotation.hpp"

namespace gateproof::gateway {
namespace {

bool trusts_resumption(const FaultSet& faults, const SSL* ssl) {
    const std::string name = TlsServer::server_name(ssl);
    if ((name == own_server_name && faults.has("other-names-session-served")) ||
        (name == other_server_name && faults.has("own-session-served-under-other-name"))) {
        return true;
    }
    return SSL_version(ssl) == TLS1_2_VERSION ? faults.has("certificateless-session-resumed-1.2")
                                              : faults.has("certificateless-session-resumed-1.3");
}

/// Of a fault: the network that needs no certificate.
const boost::asio::ip::address exempt_source = boost::asio::ip::make_address_v4(0x7f000003);

/// Whether somebody without a certificate is served.
bool serves_nameless(const ListenerState& listener, const SSL* ssl) {
    return listener.faults.has("certificate-optional") || listener.faults.has("serves-the-nameless-alone") ||
           listener.faults.has("cloud-does-not-request") ||
           (SSL_session_reused(ssl) == 1 &&
            (listener.faults.has("tickets-shared-across-listeners") || trusts_resumption(listener.faults, ssl))) ||
           TlsServer::overlooked_certificate(ssl);
}

void become(Caller& caller, const std::string& dsp, const ListenerState& listener) {
    caller.dsp = dsp;
    caller.authorised = !dsp.empty();
    caller.may_use_tds = listener.pki.may_use_tds(dsp);
}

/// What proxies call the certificate that they have seen.
bool speaks_of_certificates(std::string_view header) {
    constexpr std::array<std::string_view, 6> words{"ssl", "cert", "client", "subject", "-dn", "-cn"};
    const std::string name = lower_case(header);
    return std::any_of(words.begin(), words.end(),
                       [&name](std::string_view word) { return name.find(word) != std::string::npos; });
}

/// How gateways call the consumer that they have recognised.
bool speaks_of_consumers(std::string_view header) {
    const std::string name = lower_case(header);
    return name.starts_with("x-consumer-") || name == "x-forwarded-user";
}

/// The header that the owner of this gateway chose.
bool is_of_this_gateway(std::string_view header) {
    return lower_case(header) == "x-embedded-caller";
}

std::string named_in_headers(const Request& request, const ListenerState& listener) {
    const Pki& pki = listener.pki;
    for (const auto& field : request) {
        const std::string_view value(field.value().data(), field.value().size());
        const std::string_view name(field.name_string().data(), field.name_string().size());
        const bool trusted = (listener.faults.has("trusts-identity-headers") && speaks_of_certificates(name)) ||
                             (listener.faults.has("trusts-consumer-headers") && speaks_of_consumers(name)) ||
                             (listener.faults.has("trusts-its-own-header") && is_of_this_gateway(name));
        if (!trusted) {
            continue;
        }
        for (const std::string& enrolled : pki.enrolled_names()) {
            if (value.find(enrolled) != std::string_view::npos) {
                return enrolled;
            }
        }
    }
    return {};
}

}  // namespace

Caller caller_of(ListenerState& listener, SSL* ssl, const boost::asio::ip::address& source) {
    Caller caller;
    caller.listener = listener.role;
    caller.over_tls = true;
    caller.server_name = TlsServer::server_name(ssl);
    caller.resumed = SSL_session_reused(ssl) == 1;
    if (listener.role != ListenerRole::cloud) {
        caller.authorised = true;
        return caller;
    }
    X509* const leaf = SSL_get0_peer_certificate(ssl);
    if (leaf == nullptr) {
        const bool exempt = source == exempt_source && listener.faults.has("network-exempt-from-certificates");
        caller.authorised = exempt || serves_nameless(listener, ssl);
        if (TlsServer::overlooked_certificate(ssl)) {
            caller.server_name.clear();  // nor does it compare the name with the host of the request
        }
        if (listener.faults.has("cloud-does-not-request")) {
            caller.dsp = listener.pki.enrolled_names().front();
            caller.may_use_tds = true;
        }
        return caller;
    }
    if (listener.tls->believes_certificate(caller.server_name)) {
        caller.server_name.clear();  // nor does it compare the name with the host of the request
    }
    const ClientPolicy& policy = listener.tls->clients();
    if (SSL_session_reused(ssl) == 1) {
        const int reason = policy.verify_again(leaf);
        const bool overlooked = reason == X509_V_ERR_CERT_HAS_EXPIRED && listener.faults.has("expired-session-served");
        if (reason != X509_V_OK && !overlooked) {
            return caller;
        }
    }
    const auto now = std::chrono::steady_clock::now();
    const auto first = listener.first_of_role.try_emplace(rotation_role(listener.pki, leaf), now).first->second;
    if (is_cut_over(listener.pki, listener.faults, ssl, leaf, now - first) ||
        (listener.exchanges_certificates && !was_exchanged(listener.pki, leaf))) {
        return caller;
    }
    become(caller, policy.enrolled_name(leaf), listener);
    if (listener.faults.has("new-certificate-other-client") && rotation_role(listener.pki, leaf) == "rotated_new") {
        become(caller, listener.pki.enrolled_names().back(), listener);
    }
    if (caller.authorised && listener.faults.has("identity-cached-per-address")) {
        listener.last_dsp_of[source] = caller.dsp;
    }
    caller.source = source;
    caller.authorised = caller.authorised && !listener.faults.has("enrolled-refused") &&
                        !listener.faults.has("serves-the-nameless-alone");
    return caller;
}

Caller caller_of_request(const Caller& connection, const Request& request, const ListenerState& listener,
                         unsigned served) {
    Caller caller = connection;
    if (listener.faults.empty() || listener.role != ListenerRole::cloud || !caller.over_tls) {
        return caller;
    }
    if (caller.absolute_form && listener.faults.has("absolute-form-served")) {
        caller.authorised = true;
    }
    const std::string named = named_in_headers(request, listener);
    if (!named.empty()) {
        become(caller, named, listener);
    }
    const bool asks_who = std::string_view(request.target().data(), request.target().size()).ends_with("/whoami");
    const auto last = listener.last_dsp_of.find(connection.source);
    if (asks_who && served > 0 && caller.authorised && last != listener.last_dsp_of.end()) {
        become(caller, last->second, listener);
    }
    if (caller.authorised && !caller.dsp.empty() && listener.faults.has("one-identity-for-all")) {
        caller.dsp = listener.pki.enrolled_names().front();
    }
    return caller;
}

}  // namespace gateproof::gateway
