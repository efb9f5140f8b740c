// What an answer to a raw ClientHello means: pure functions, apart from the checks that obtain the answers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/verdict.hpp"
#include "harness/probe/tls/cipher_suites.hpp"
#include "harness/probe/tls/server_answer.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

/// The verdict on answers from which nothing follows: silence, no connection, bytes that are no TLS, and resets and
/// refusals in turn.
Verdict nothing_follows(const TriedHello& tried);

/// Where no ServerHello came, for a clause that is about `version`: skipped when that is refused, else nothing follows.
Verdict without_version(TlsVersion version, const TriedHello& tried);

/// CLOUD-TLS-MIN: the answers to a ClientHello whose newest version is `offered`, which is below TLS 1.2.
Verdict judge_old_version(TlsVersion offered, const TriedHello& tried);

/// The answers to a ClientHello that offers `wanted` alone; `when_missing` is the outcome of a refusal. `again`: the
/// answer to the same once more, after a refusal and a control that was served.
Verdict judge_wanted_version(TlsVersion wanted, Outcome when_missing, const TriedHello& tried,
                             const ServerAnswer* again = nullptr);

/// RFC 7507: `fallback` are the answers to an offer of `offered` with TLS_FALLBACK_SCSV, from a server that does
/// better.
Verdict judge_fallback(TlsVersion newest, TlsVersion offered, const TriedHello& fallback);

/// RFC 8446 4.1.3: what the last eight bytes of ServerHello.random say.
enum class Sentinel { none, tls_1_2, tls_1_1_or_below };
Sentinel downgrade_sentinel(const ServerHello& hello);

/// The suites a server accepted in one version, sorted into what the profile lists, what is weak and the rest.
struct SuiteFindings {
    std::vector<const CipherSuite*> listed;
    std::vector<const CipherSuite*> weak;
    std::vector<const CipherSuite*> unlisted;  ///< strong, or of no use without a pre-shared key
};
/// `allowed` are IANA names. Values that are not registered are passed over: none is ever offered.
SuiteFindings sort_suites(std::span<const std::uint16_t> accepted, std::span<const std::string> allowed);
Verdict judge_suites(TlsVersion version, std::span<const std::uint16_t> accepted, std::span<const std::string> allowed);

/// The published lists (IA 3.1), for profiles that name none.
std::vector<std::string> published_cipher_suites();

/// Registered suites below TLS 1.3 in offers small enough for every server: first those that servers do serve (so that
/// their order of preference shows in one list), then the rest.
std::vector<std::vector<std::uint16_t>> tls12_offers();
/// Every registered TLS 1.3 suite.
std::vector<std::uint16_t> tls13_offer();

/// "secp256r1", or "group 0x1234" for one without a name (IANA TLS Supported Groups).
std::string group_name(std::uint16_t group);
/// Below 224 bits, or a binary curve (RFC 8422 took both away).
bool group_is_weak(std::uint16_t group);
/// The old curves that a server should not agree on, and the unusual ones that are only noted.
std::span<const std::uint16_t> odd_groups();
/// TLS-HYGIENE (should): at least one of X25519, P-256, P-384 and no weak one.
Verdict judge_groups(std::span<const std::uint16_t> accepted);

/// Names joined by ", ".
std::string join(const std::vector<std::string>& names);

}  // namespace gateproof::suites
