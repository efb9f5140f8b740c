// What the program asks of the system: for its own process before it reads any secret, and a browser.
#pragma once

#include <string>

namespace gateproof::cli {

/// No core dump holds keys and tokens (unless GATEPROOF_CORE_DUMPS is set, for work on gateproof itself), and nobody
/// who set SSLKEYLOGFILE gets the secrets of its connections: the variable is taken away, and that is said.
void protect_secrets_of_process();

/// Starts $BROWSER or xdg-open with the address as its one argument, no shell between; false: it cannot be started.
bool open_browser(const std::string& url);

}  // namespace gateproof::cli
