// SERVER-CERT: the server proves who it is (RFC 5280, RFC 6066, RFC 9525).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/probe/tls/trust.hpp"

namespace gateproof::suites {

Suite server_suite();

// The judgements, apart from the connections that feed them.
Verdict judge_chain(const ChainVerdict& verdict, std::size_t sent);
Verdict judge_hostname(const Certificate& leaf, const std::string& host);
Verdict judge_validity(const Validity& validity, SystemTime now, int warning_days);
Verdict judge_strength(const std::vector<Certificate>& chain);
Verdict judge_usage(ServerUsage usage);
Verdict judge_staple(std::string_view der, const std::vector<Certificate>& chain, const Trust& trust, SystemTime now);
/// Fingerprints of the leaves seen; `wanted` connections were tried.
Verdict judge_same_certificate(std::span<const std::string> fingerprints, std::size_t wanted);

}  // namespace gateproof::suites
