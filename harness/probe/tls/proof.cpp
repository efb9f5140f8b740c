#include "harness/probe/tls/proof.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <new>

#include "harness/identity/openssl_handles.hpp"
#include "harness/probe/socket/literal.hpp"

namespace gateproof {
namespace {

/// What paths may end in; null: out of memory.
StoreHandle store_of(const Trust& trust) {
    if (trust.anchors.empty() && trust.system) {
        X509_STORE* const machine = machine_store();
        X509_STORE_up_ref(machine);
        return StoreHandle(machine);
    }
    StoreHandle store(X509_STORE_new());
    for (const Certificate& anchor : trust.anchors) {
        if (!store || X509_STORE_add_cert(store.get(), anchor.get()) != 1) {
            return nullptr;
        }
    }
    return store;
}

/// An anchor may be an intermediate authority.
unsigned long flags_of(const Trust& trust) {
    return trust.anchors.empty() ? 0 : X509_V_FLAG_PARTIAL_CHAIN;
}

}  // namespace

bool demand_proof(SSL_CTX* context, const Trust& trust, const std::string& host) {
    SSL_CTX_set_cert_verify_callback(context, nullptr, nullptr);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    const StoreHandle store = store_of(trust);
    if (!store) {
        return false;
    }
    // Never added to the context's own store: libcurl shares one among many requests, and what is an anchor for one
    // profile would be one for all.
    SSL_CTX_set1_cert_store(context, store.get());
    X509_VERIFY_PARAM* const parameters = SSL_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_hostflags(parameters,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    const int named = is_ip_literal(host) ? X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str())
                                          : X509_VERIFY_PARAM_set1_host(parameters, host.data(), host.size());
    return named == 1 && X509_VERIFY_PARAM_set_flags(parameters, flags_of(trust)) == 1;
}

std::string lack_of_proof(const std::vector<Certificate>& chain, const Trust& trust,
                          const std::vector<std::string>& names, SystemTime now,
                          const std::vector<Certificate>& beside) {
    if (chain.empty()) {
        return "it shows no certificate";
    }
    const BorrowedStack others(sk_X509_new_null());
    const StoreContextHandle context(X509_STORE_CTX_new());
    const StoreHandle store = store_of(trust);
    if (!others || !context || !store) {
        throw std::bad_alloc();
    }
    for (const std::vector<Certificate>* list : {&chain, &beside}) {
        for (const Certificate& certificate : *list) {
            sk_X509_push(others.get(), certificate.get());
        }
    }
    if (X509_STORE_CTX_init(context.get(), store.get(), chain.front().get(), others.get()) != 1 ||
        X509_STORE_CTX_set_default(context.get(), "ssl_server") != 1) {
        throw std::bad_alloc();
    }
    X509_VERIFY_PARAM* const parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(parameters, std::chrono::system_clock::to_time_t(now));
    X509_VERIFY_PARAM_set_auth_level(parameters, 0);
    X509_VERIFY_PARAM_set_flags(parameters, flags_of(trust));
    const bool good = X509_verify_cert(context.get()) == 1;
    const int error = X509_STORE_CTX_get_error(context.get());
    ERR_clear_error();
    if (!good || error != X509_V_OK) {
        return X509_verify_cert_error_string(error);
    }
    const bool named = std::ranges::any_of(
        names, [&](const std::string& name) { return !name.empty() && matches_host(chain.front(), name); });
    return named ? std::string() : X509_verify_cert_error_string(X509_V_ERR_HOSTNAME_MISMATCH);
}

bool is_about_dates(std::string_view lack) {
    return std::ranges::any_of(
        std::array{X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED},
        [lack](int error) { return lack.find(X509_verify_cert_error_string(error)) != std::string_view::npos; });
}

}  // namespace gateproof
