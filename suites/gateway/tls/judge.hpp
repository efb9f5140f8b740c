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
#include "harness/probe/tls/named_values.hpp"
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

/// A group of which the OpenSSL that sessions are made with knows nothing, in its older versions at least.
bool is_foreign(std::uint16_t group);
/// The group that a TLS 1.3 server asks for by a HelloRetryRequest and that no session of ours can have, because the
/// local OpenSSL lacks it; empty: there is none.
std::optional<NamedGroup> foreign_group(const ServerAnswer& answer);
/// The group of `wanted` is a foreign one. `beside`: the answers to the same offer with the usual groups alone.
Verdict judge_foreign_group(TlsVersion wanted, NamedGroup group, const TriedHello& beside);

inline constexpr std::uint8_t inappropriate_fallback = 86;  ///< RFC 7507 3

/// RFC 7507: `fallback` are the answers to an offer of `offered` with TLS_FALLBACK_SCSV, from a server that does
/// better. `unmarked`: the same offer without it, where the alert does not speak for itself.
Verdict judge_fallback(TlsVersion newest, TlsVersion offered, const TriedHello& fallback,
                       const TriedHello* unmarked = nullptr);

/// A hello with values that a server must pass over, and was refused for.
struct Intolerance {
    std::string what;         ///< "GREASE values (RFC 8701) (alert handshake_failure (40))"
    bool never_sent = false;  ///< no client sends such a hello
    bool by_resets = false;   ///< every try was cut
};
/// RFC 8446 4.2.1 and appendix D.2, RFC 8701: `tolerated` hellos were answered with TLS 1.2 or 1.3.
Verdict judge_tolerance(std::span<const Intolerance> refused, std::size_t tolerated);

/// Of the ClientHellos that are tried: all but fills a record.
inline constexpr std::size_t longest_hello = 16000;
/// One that got no ServerHello while a small one in one piece does.
struct UnansweredHello {
    std::string what;         ///< "one of 2000 bytes"
    std::string answer;       ///< "no answer within 10 s"
    bool never_sent = false;  ///< by no client of today
    bool by_resets = false;
};
/// RFC 8446 5.1, RFC 7685. `not_tried`: so many that would have come behind one that met silence.
Verdict judge_large_hellos(std::span<const UnansweredHello> unanswered, std::size_t not_tried);

/// RFC 8446 4.1.3: what the last eight bytes of ServerHello.random say.
enum class Sentinel { none, tls_1_2, tls_1_1_or_below };
Sentinel downgrade_sentinel(const ServerHello& hello);

/// The suites a server accepted in one version, sorted into what the profile lists, what is weak and the rest.
struct SuiteFindings {
    std::vector<const CipherSuite*> listed;
    std::vector<const CipherSuite*> weak;
    std::vector<const CipherSuite*> unlisted;  ///< strong
    std::vector<const CipherSuite*> keyed;     ///< of no use without a pre-shared key or the like
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

/// Below 224 bits: RFC 9325 4.5 forbids them.
bool group_is_forbidden(std::uint16_t group);
/// Forbidden, or a binary curve (RFC 8422 took both away).
bool group_is_weak(std::uint16_t group);
/// X25519, P-256 or P-384: what every client of today can do.
bool group_is_usual(std::uint16_t group);
/// The old curves that a server should not agree on, and the unusual ones that are only noted.
std::span<const std::uint16_t> odd_groups();
/// Those of ML-KEM, alone and beside a curve, which are defined for TLS 1.3 and for no version below it.
std::span<const std::uint16_t> groups_of_tls_1_3_alone();
/// TLS-HYGIENE: no forbidden one; and (should) at least one of X25519, P-256, P-384 and no weak one.
Verdict judge_groups(std::span<const std::uint16_t> accepted);
/// One of groups_of_tls_1_3_alone() was chosen in TLS 1.2.
Verdict judge_misplaced_group(std::uint16_t group);

/// No connection of ours was made in `version`, for the reason `how`; `hello`: the answers to a bare ClientHello, which
/// tell whether anybody is served so.
Verdict judge_no_connection(TlsVersion version, const std::string& how, const TriedHello& hello);
/// What the server sent in answer is under keys that we do not have.
bool is_undecipherable(const TlsStep& step);

/// A request sent as early data, and its answers while our Finished was kept back and after it.
struct EarlyAnswers {
    std::string before_finished;
    TlsStep finished;  ///< how sending it went
    std::string after_finished;
};
inline constexpr std::string_view early_data_remedy =
    "turn early data off, because it can be replayed. nginx: ssl_early_data off; HAProxy: take allow-0rtt away";
/// RFC 8446 8, RFC 8470 3: early data may be kept until the handshake is complete, when no replay can follow it.
Verdict judge_early_answers(const EarlyAnswers& answers);
/// The status line of an answer, behind interim ones; fit for a sentence.
std::string status_line(std::string_view answer);

/// Names joined by ", ".
std::string join(const std::vector<std::string>& names);

}  // namespace gateproof::suites
