#include "app/input/proxy_variable.hpp"

#include <cstdlib>
#include <string_view>

namespace gateproof::cli {
namespace {

constexpr std::string_view scheme_end = "://";

/// Where host and port begin in a value without its scheme: behind user and password.
std::size_t host_at(std::string_view rest) {
    const std::size_t at = rest.substr(0, rest.find('/')).rfind('@');
    return at == std::string_view::npos ? 0 : at + 1;
}

}  // namespace

std::optional<ProxyVariable> proxy_variable() {
    for (const char* const name : {"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"}) {
        const char* const value = std::getenv(name);
        if (value != nullptr && *value != '\0') {
            return ProxyVariable{name, value};
        }
    }
    return std::nullopt;
}

std::string proxy_url_of(const ProxyVariable& variable) {
    const std::size_t end = variable.value.find(scheme_end);
    const bool has_scheme = end != std::string::npos;
    const std::string scheme = has_scheme ? variable.value.substr(0, end) : "http";
    std::string rest = has_scheme ? variable.value.substr(end + scheme_end.size()) : variable.value;
    rest.erase(0, host_at(rest));
    if (rest.ends_with('/')) {
        rest.pop_back();
    }
    return scheme + std::string(scheme_end) + rest;
}

bool has_credentials(const ProxyVariable& variable) {
    return variable.value.find('@') != std::string::npos;
}

}  // namespace gateproof::cli
