// The OpenSSL error queue of this thread belongs to whoever ran last: always leave it empty.
#pragma once

#include <string>

namespace gateproof {

/// Empties the queue when it goes out of scope.
class OpensslErrorScope {
public:
    OpensslErrorScope();
    ~OpensslErrorScope();
    OpensslErrorScope(const OpensslErrorScope&) = delete;
    OpensslErrorScope& operator=(const OpensslErrorScope&) = delete;

    /// True when some error of the queue says that an algorithm is not available (an old PKCS#12 for instance).
    [[nodiscard]] static bool saw_unsupported();
};

}  // namespace gateproof
