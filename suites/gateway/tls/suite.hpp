// TLS versions, cipher suites and protocol hygiene: CLOUD-TLS-MIN, DESK-TLS-MIN, TLS-CIPHERS, TLS-HYGIENE.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

Suite tls_suite();

/// The parts of tls_suite(), in the order that reports show.
std::vector<Check> tls_version_checks();
std::vector<Check> tls_cipher_checks();
std::vector<Check> tls_hygiene_checks();
std::vector<Check> tls_large_hello_checks();
std::vector<Check> tls_session_checks();

}  // namespace gateproof::suites
