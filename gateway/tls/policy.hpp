// Which client certificates the cloud takes, and whom each stands for.
#pragma once

#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

#include "gateway/faults/fault_set.hpp"
#include "gateway/tls/pki.hpp"

namespace gateproof::gateway {

class ClientPolicy {
public:
    ClientPolicy(const Pki& pki, const FaultSet& faults);

    /// CLOUD-MTLS-ENROLLED: a leaf for client authentication, issued directly by the client authority, within its
    /// dates and not revoked. X509_V_OK, or the first reason to refuse it. `sent` are the other certificates of the
    /// peer, not yet trusted; may be null.
    [[nodiscard]] int verify(X509* leaf, STACK_OF(X509) * sent) const;
    /// The same for the certificate of a resumed session, which comes without its chain.
    [[nodiscard]] int verify_again(X509* leaf) const;
    /// The enrolled name that the certificate stands for: its only common name, byte by byte; empty: nobody's.
    [[nodiscard]] std::string enrolled_name(X509* leaf) const;

private:
    [[nodiscard]] int verify_chain(X509* leaf, STACK_OF(X509) * sent) const;
    [[nodiscard]] bool is_ours(STACK_OF(X509) * chain) const;
    [[nodiscard]] bool waved_through(X509* leaf, STACK_OF(X509) * sent) const;
    [[nodiscard]] bool stands_for(X509* leaf, const std::string& enrolled) const;
    [[nodiscard]] bool resembles(const std::string& only, const std::string& enrolled) const;
    [[nodiscard]] bool overlooks(X509_STORE_CTX* context) const;
    static int on_problem(int good, X509_STORE_CTX* context);

    const Pki& pki_;
    const FaultSet& faults_;
    std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store_;
};

}  // namespace gateproof::gateway
