// An alert under TLS 1.3 that OpenSSL does not send: a record encrypted here. Of harness/stage alone.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace gateproof::stage {

/// The first record under the keys that follow from `secret`, a traffic secret of `cipher` (RFC 8446 5.2, 7.3): a fatal
/// alert. Empty: no such record can be made.
std::string first_alert(const SSL_CIPHER* cipher, std::string_view secret, std::uint8_t description);

}  // namespace gateproof::stage
