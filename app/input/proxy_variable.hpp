// The proxy that the environment names, which is mentioned and offered, and never used by itself.
#pragma once

#include <optional>
#include <string>

namespace gateproof::cli {

struct ProxyVariable {
    std::string name;   ///< HTTPS_PROXY, https_proxy, ALL_PROXY or all_proxy
    std::string value;  ///< as it is set; may hold a password, and is not to be shown
};

/// The first of these variables that is set; nothing: none is, or they are empty.
std::optional<ProxyVariable> proxy_variable();

/// What it says as `endpoint.proxy.url` has it: with a scheme (http, as curl takes one without), and without user,
/// password and the slash at its end. It need not be one that can be used.
std::string proxy_url_of(const ProxyVariable& variable);

/// It holds a user name or a password.
bool has_credentials(const ProxyVariable& variable);

}  // namespace gateproof::cli
