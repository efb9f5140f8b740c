// Keys for made certificates: of the same kind as a genuine one, or pretending to be it.
#pragma once

#include <openssl/evp.h>

#include <memory>

namespace gateproof::forge {

using KeyPtr = std::shared_ptr<EVP_PKEY>;

/// A new key of the model's kind and size (RSA of at most 4096 bits: larger ones take seconds to make), or of its
/// curve. Null when the kind is neither RSA, EC on a named curve nor EdDSA.
KeyPtr key_like(EVP_PKEY* model);

/// The public part of `genuine` with the private part of a new key of its kind: OpenSSL compares public parts alone
/// and takes it for the genuine key, and every signature it makes is wrong. Null as key_like.
KeyPtr mismatched_key(EVP_PKEY* genuine);

/// The digest to sign with: the one that `model` was signed with where it is of the SHA-2 family, else SHA-256; null
/// where the signing key brings its own (EdDSA).
const EVP_MD* digest_for(EVP_PKEY* signer, const X509* model);

}  // namespace gateproof::forge
