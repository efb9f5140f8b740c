// Verdicts about what client software offers and how it takes what it is shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/model/verdict.hpp"
#include "harness/probe/tls/cipher_suites.hpp"
#include "harness/probe/tls/client_hello_reader.hpp"
#include "harness/profile/profile.hpp"
#include "harness/run/client/attempt.hpp"

namespace gateproof::suites {

/// A published suite is offered, and none that is broken; those that are merely out of date are a warning.
Verdict judge_suites_offered(const ClientHelloSeen& hello, const TlsExpectations& expected);

/// Of an attempt at which every hello was refused: no later one offers less than the first, unless it says so (RFC
/// 7507, TLS_FALLBACK_SCSV).
Verdict judge_no_fallback(const Attempt& attempt);

/// Of an attempt at a server of this version alone: refused where the client does not even offer it, which the server
/// then says (RFC 8446 4.2.1), and else as everything is.
Verdict judge_version_refused(const Attempt& attempt, TlsVersion version, std::string_view remedy);

/// Of an attempt whose ClientHello was answered by HTTP in clear: nothing of that is taken, and nothing goes out in
/// clear.
Verdict judge_clear_answer(const Attempt& attempt);

/// Of an attempt at a server of this published suite alone: who does not offer it need not be served by it, as long as
/// it offers another that is expected.
Verdict judge_served_by(const Attempt& attempt, std::string_view suite, const TlsExpectations& expected);

/// Of what it offers by ALPN none is http/1.1 (RFC 7301). Nothing: that is among it, or it offers nothing.
std::optional<Verdict> judge_another_protocol(const Attempt& attempt);

/// It passes, and says what is worth knowing: a fingerprint, and whether a post-quantum group is offered. Signatures
/// over MD5 or SHA-1, which are not to be offered any more (RFC 9155 2), are a warning.
Verdict judge_survey(const ClientHelloSeen& hello);

inline constexpr std::string_view follows_tls_1_3 =
    "use a TLS library that follows RFC 8446 4.6: session tickets and KeyUpdate may come at any time behind the handshake";
/// Requests on one connection that were answered, at most.
std::size_t answers_in_a_row(const Attempt& attempt);
/// Of software that keeps no connection for three answers, so that nothing can be seen between them.
Verdict judge_keeps_none(const Attempt& attempt);
/// Of software that kept a connection for three answers at the twin: what came since `what` happens between answers.
Verdict judge_goes_on(const Attempt& seen, std::string_view what);
/// RFC 8446 4.6.3: asked for a KeyUpdate, it sent its own before its next data. Nothing: it did, or nothing shows it.
std::optional<Verdict> judge_key_updates(const Attempt& attempt);

/// RFC 8446 8, RFC 8470 4: early data can be played again by anybody, so that nothing but a safe request goes in it. Of
/// an attempt to write at a gateway whose tickets allow early data: the first request of a connection is what goes
/// early.
Verdict judge_early_writes(const Attempt& attempt);

/// What its hellos offer a gateway of TLS 1.2, in order, and what two of them offer twice.
std::vector<std::uint16_t> suites_for_1_2(const Attempt& attempt);
/// The first suite with a finite group that one of its hellos offers a server of TLS 1.2 with an RSA certificate.
std::optional<std::uint16_t> finite_suite_of(const Attempt& attempt);

/// No security at all. What is only out of date is not: RFC 9325 4.1 forbids what is below 112 bits, and advises
/// against 3DES and IDEA, which Go before 1.23 offers last.
bool is_broken(const CipherSuite& suite);

/// With which certificates suites are chosen: of that key, and for `ecdsa` those without authentication too.
enum class SuiteKey { ecdsa, rsa };
/// What its hellos offer a gateway of TLS 1.2 with a certificate of that key: the first suite of each weakness, in
/// order.
std::vector<std::uint16_t> weak_suites_of(const Attempt& attempt, SuiteKey key);

/// What came of first flights that each chose a weak suite which the client offers.
struct WeakSuitesShown {
    struct One {
        std::uint16_t suite = 0;
        bool went_on = false;
        Verdict verdict;  ///< of judge_client_refused
    };
    std::vector<One> suites = {};
    bool takes_a_sound_one = false;  ///< it goes along with such a flight of a suite in which nothing is wrong
};
/// RFC 9325 4.1: what has no security is a failure where it is taken, and what is out of date a warning.
Verdict judge_weak_suites(const WeakSuitesShown& shown);

/// RFC 8446 4.6.2, of an attempt at a gateway that asks for a certificate behind the handshake: who offers
/// post_handshake_auth has to answer, with a certificate or without; others are not asked.
Verdict judge_late_request(const Attempt& attempt);

/// RFC 7627 5.2, RFC 9325 3.5: with it a session of TLS 1.2 is bound to its handshake. A warning where it is missing.
Verdict judge_master_secret(const ClientHelloSeen& hello);

/// Null compression alone (RFC 3749, RFC 9325 3.3).
Verdict judge_compression(const ClientHelloSeen& hello);

}  // namespace gateproof::suites
