// Names of values that a ClientHello holds, as the IANA registries of TLS spell them.
#pragma once

#include <cstdint>
#include <string>

namespace gateproof {

/// "x25519"; "group 0x1234" for one without a name.
std::string group_name(std::uint16_t group);
/// The group is one of a hybrid key exchange with ML-KEM or its draft (draft-ietf-tls-ecdhe-mlkem), or of ML-KEM alone.
bool group_is_post_quantum(std::uint16_t group);
/// "ecdsa_secp256r1_sha256"; of TLS 1.2 (RFC 5246 7.4.1.4.1) "rsa_sha224"; "scheme 0x1234" for one without a name.
std::string signature_scheme_name(std::uint16_t scheme);
/// "supported_versions"; "extension 1234" for one without a name.
std::string extension_name(std::uint16_t type);

}  // namespace gateproof
