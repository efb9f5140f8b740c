// gateproof-browse: this program under another name, as the browser of client software whose login is judged.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "app/command.hpp"
#include "app/output.hpp"
#include "harness/profile/endpoint_url.hpp"
#include "harness/run/client/played_user.hpp"
#include "reports/view/exit_code.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

std::string variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string() : value;
}

}  // namespace

bool is_browser(std::string_view program) {
    return program.substr(program.rfind('/') + 1) == browser_name;
}

int browse(int argc, char** argv) {
    const UrlResult door = parse_endpoint_url(variable("GATEPROOF_BROWSE_AT"), "https", false);
    if (argc != 2 || !door.fault.empty()) {
        say(stderr, "{}: it opens one address, in a login that gateproof judges\n", browser_name);
        return static_cast<int>(reports::ExitCode::unusable);
    }
    // Who opens a browser may wait for it to return before it listens for the redirect.
    if (const pid_t child = fork(); child != 0) {
        return child > 0 ? 0 : static_cast<int>(reports::ExitCode::broken);
    }
    PlayedUser user{door.endpoint, variable("GATEPROOF_LOGIN_USER"), variable("GATEPROOF_LOGIN_PASSWORD")};
    user.door.connect_address = "127.0.0.1";
    constexpr std::chrono::seconds patience{60};
    const std::string problem = log_in(user, argv[1], patience);
    if (!problem.empty()) {
        say(stderr, "{}: {}\n", browser_name, reports::printable(problem));
    }
    return problem.empty() ? 0 : static_cast<int>(reports::ExitCode::inconclusive);
}

}  // namespace gateproof::cli
