// Owners of OpenSSL's objects that several files make.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <memory>
#include <span>

#include "harness/identity/identity.hpp"

namespace gateproof {

struct BioDeleter {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioHandle = std::unique_ptr<BIO, BioDeleter>;

/// What it held is overwritten: it may be a part of a private key.
struct BignumDeleter {
    void operator()(BIGNUM* number) const { BN_clear_free(number); }
};
using BignumHandle = std::unique_ptr<BIGNUM, BignumDeleter>;

struct StoreDeleter {
    void operator()(X509_STORE* store) const { X509_STORE_free(store); }
};
using StoreHandle = std::unique_ptr<X509_STORE, StoreDeleter>;

struct StoreContextDeleter {
    void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};
using StoreContextHandle = std::unique_ptr<X509_STORE_CTX, StoreContextDeleter>;

/// A list of certificates that stay their owners'.
struct BorrowedStackDeleter {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using BorrowedStack = std::unique_ptr<STACK_OF(X509), BorrowedStackDeleter>;
/// Null: there is no memory for it.
inline BorrowedStack borrowed_stack(std::span<const Certificate> certificates) {
    BorrowedStack stack(sk_X509_new_null());
    for (const Certificate& certificate : certificates) {
        if (!stack || sk_X509_push(stack.get(), certificate.get()) == 0) {
            return nullptr;
        }
    }
    return stack;
}

}  // namespace gateproof
