#include "app/process.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cstdlib>

#include "app/output.hpp"

namespace gateproof::cli {
namespace {

// The leak detector of the sanitizers looks at the process from outside.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif
#else
constexpr bool is_sanitized = false;
#endif

}  // namespace

void protect_secrets_of_process() {
    if (!is_sanitized && std::getenv("GATEPROOF_CORE_DUMPS") == nullptr) {
        const rlimit none{0, 0};
        ::setrlimit(RLIMIT_CORE, &none);
        ::prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);  // also where a program takes the dumps
    }
    if (std::getenv("SSLKEYLOGFILE") != nullptr) {
        ::unsetenv("SSLKEYLOGFILE");
        say(stderr,
            "gateproof: warning: SSLKEYLOGFILE is set and ignored: the secrets of connections that carry client "
            "certificates, passwords and tokens are written nowhere\n");
    }
}

}  // namespace gateproof::cli
