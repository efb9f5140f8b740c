// Every certificate that the cloud must not serve, by name, for one gateway.
#pragma once

#include <map>
#include <string>

#include "tests/unit/gateway/mint.hpp"

namespace gateproof::gateway::test {

/// Whom nobody but the fault made for it may serve.
inline std::map<std::string, Minted> forgeries(const Gateway& gateway) {
    const Minted genuine = identity_of(gateway, "enrolled");
    const Minted ca = identity_of(gateway, "client-ca");
    const std::string name = common_name(genuine);
    const std::string ca_usage = "critical,keyCertSign,digitalSignature";
    const Minted look_alike = mint({.common_names = {common_name(ca)},
                                    .extended_key_usage = "",
                                    .key_usage = "critical,keyCertSign,cRLSign",
                                    .authority = true},
                                   nullptr);
    std::string upper = name;
    for (char& c : upper) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    std::map<std::string, Minted> made{
        {"self-signed", mint({.common_names = {name}}, nullptr)},
        {"look-alike-ca", mint({.common_names = {name}}, &look_alike)},
        {"leaf-issued", mint({.common_names = {name}}, &genuine)},
        {"ca-as-leaf", ca},
        {"ca-with-enrolled-name", mint({.common_names = {name}, .key_usage = ca_usage, .authority = true}, &ca)},
        {"stolen", stolen(genuine)},
        {"tampered", tampered(genuine)},
        {"name-and-suffix", mint({.common_names = {name + ".evil.example"}}, &ca)},
        {"prefix-and-name", mint({.common_names = {"x" + name}}, &ca)},
        {"shorter-name", mint({.common_names = {name.substr(0, name.size() - 1)}}, &ca)},
        {"upper-case", mint({.common_names = {upper}}, &ca)},
        {"nul-after-name", mint({.common_names = {name + std::string(1, '\0') + "evil"}}, &ca)},
        {"blank-after-name", mint({.common_names = {name + " "}}, &ca)},
        {"dot-after-name", mint({.common_names = {name + "."}}, &ca)},
        {"name-at-host", mint({.common_names = {name + "@evil.example"}}, &ca)},
        {"wildcard", mint({.common_names = {"*" + name.substr(name.find('.'))}}, &ca)},
        {"name-first", mint({.common_names = {name, "evil.example"}}, &ca)},
        {"name-last", mint({.common_names = {"evil.example", name}}, &ca)},
        {"san-alone", mint({.common_names = {}, .alternative_name = name}, &ca)},
        {"san-and-other-name", mint({.common_names = {"evil.example"}, .alternative_name = name}, &ca)},
    };
    for (const char* role : {"unenrolled", "other_environment", "expired", "not_yet_valid", "revoked", "wrong_eku"}) {
        made.emplace(role, identity_of(gateway, role));
    }
    return made;
}

}  // namespace gateproof::gateway::test
