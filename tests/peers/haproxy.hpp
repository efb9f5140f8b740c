// What configurations of HAProxy begin with.
#pragma once

#include <string_view>

namespace gateproof::test {

inline constexpr std::string_view haproxy_preamble = R"(
global
    maxconn 512
    ssl-default-bind-options prefer-client-ciphers
defaults
    mode http
    timeout client 10s
    timeout server 10s
    timeout connect 5s
)";

}  // namespace gateproof::test
