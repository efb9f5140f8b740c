// SERVER-CERT: the server proves who it is (RFC 5280, RFC 6066, RFC 9525).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/model/clock.hpp"
#include "harness/probe/tls/trust.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

Suite server_suite();

// The judgements, apart from the connections that feed them.

Verdict judge_hostname(const Certificate& leaf, const std::string& host);
/// `warning_days`: empty: 30, or a third of the certificate's life where that is less.
Verdict judge_validity(const Validity& validity, SystemTime now, std::optional<int> warning_days);
/// `path`: what a client builds of the chain (ChainVerdict::path); what else was sent is only noted. Empty: all count.
Verdict judge_strength(const std::vector<Certificate>& chain, const std::vector<Certificate>& path);
Verdict judge_usage(ServerUsage usage);
Verdict judge_staple(std::string_view der, const std::vector<Certificate>& chain, const Trust& trust, SystemTime now);
/// No certificate came where status_request was sent; `without`: the same without it.
Verdict judge_refused_staple(const Tries& with, const Tries& without);

/// `sent`: an answer of the endpoint had a Date header. `reading`: what was made of it.
Verdict judge_date(bool sent, const ClockReading& reading, const std::string& endpoint);

/// The first failure, or else the first warning, or else a pass.
Verdict worst_of(const std::vector<Verdict>& verdicts);
/// A leaf that a connection was shown, and what is to be said of it and its chain.
struct SeenLeaf {
    std::string fingerprint;
    Verdict verdict;
};
/// `wanted` connections were tried.
Verdict judge_same_certificate(std::span<const SeenLeaf> leaves, std::size_t wanted);
/// A certificate besides the usual one.
struct OtherLeaf {
    std::string offer;  ///< who is shown it: "RSA alone under TLS 1.2"
    bool named = true;  ///< the endpoint's name was asked for (SNI)
    bool names_host = true;
    Verdict verdict;
};
/// RFC 9325 3.9. What is shown only where no name was asked for is a warning, and if it is for another name a note.
Verdict judge_other_certificates(std::span<const OtherLeaf> others, std::size_t offers);

}  // namespace gateproof::suites
