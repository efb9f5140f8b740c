#include "app/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <array>
#include <cstdlib>

#include "app/output.hpp"

extern char** environ;

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

bool open_browser(const std::string& url) {
    const char* const named = std::getenv("BROWSER");
    const std::string program = named != nullptr && *named != '\0' ? named : "xdg-open";
    std::string name = program;
    std::string address = url;
    const std::array<char*, 3> arguments{name.data(), address.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    // What a browser has to say would only garble the terminal.
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int failed = posix_spawnp(&child, name.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed == 0;
}

}  // namespace gateproof::cli
