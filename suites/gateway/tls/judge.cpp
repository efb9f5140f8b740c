#include "suites/gateway/tls/judge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace gateproof::suites {
namespace {

constexpr std::string_view old_version_remedy =
    "disable every protocol version below TLS 1.2 on this listener. nginx: ssl_protocols TLSv1.2 TLSv1.3; HAProxy: "
    "ssl-min-ver TLSv1.2; Apache: SSLProtocol -all +TLSv1.2 +TLSv1.3";
constexpr std::string_view suites_remedy =
    "allow the published suites alone. nginx and HAProxy (ssl_ciphers, ciphers) and Apache (SSLCipherSuite): "
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
constexpr std::string_view suites_1_3_remedy =
    "allow the published suites alone. nginx: ssl_conf_command Ciphersuites, HAProxy: ciphersuites, Apache: "
    "SSLCipherSuite TLSv1.3, each with TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";

std::string with_weakness(const CipherSuite* suite) {
    return fmt::format("{} ({})", suite->name, to_string(suite->weakness));
}

template <class Name>
std::string list(const std::vector<const CipherSuite*>& suites, Name name) {
    std::vector<std::string> names;
    for (const CipherSuite* suite : suites) {
        names.push_back(name(suite));
    }
    return join(names);
}

std::string plain_name(const CipherSuite* suite) {
    return std::string(suite->name);
}

}  // namespace

std::string join(const std::vector<std::string>& names) {
    return fmt::format("{}", fmt::join(names, ", "));
}

Verdict nothing_follows(const TriedHello& tried) {
    if (tried.tries.served()) {
        return Verdict::inconclusive("an answer that fits no offer: {}", tried.tries.summary());
    }
    if (tried.tries.result() == Tries::Result::undecided) {
        return Verdict::inconclusive("a reset or close alone is no refusal, and the tries do not agree: {}",
                                     tried.tries.summary())
            .remedy(
                "see whether the endpoint, or a device in front of it, turns connections away under load (lower "
                "limits.connections_per_second), or whether its nodes differ; then run again");
    }
    return Verdict::inconclusive("nothing can be said: {}", tried.tries.summary());
}

Verdict without_version(TlsVersion version, const TriedHello& tried) {
    if (!tried.tries.is_refusal()) {
        return nothing_follows(tried);
    }
    return Verdict::skipped("{} is not served: refused with {}", to_string(version), tried.tries.summary())
        .rests_on_resets(tried.tries.rests_on_resets());
}

Verdict judge_old_version(TlsVersion offered, const TriedHello& tried) {
    if (tried.tries.is_refusal()) {
        return Verdict::pass("{} was refused with {}", to_string(offered), tried.tries.summary())
            .rests_on_resets(tried.tries.rests_on_resets());
    }
    if (!tried.answer.server_hello) {
        return nothing_follows(tried);
    }
    const TlsVersion version = tried.answer.server_hello->version;
    if (version >= TlsVersion::tls_1_2) {
        // No client that sent this offer goes on with that version, so nothing old is negotiated.
        return Verdict::warning("answered {} though {} was the newest version offered (RFC 5246 7.4.1.3)",
                                to_string(version), to_string(offered))
            .remedy("update the TLS implementation of this listener, which breaks the protocol");
    }
    return Verdict::fail("{} was negotiated when {} was the newest version offered: {}", to_string(version),
                         to_string(offered), tried.tries.summary())
        .remedy(std::string(old_version_remedy));
}

Verdict judge_wanted_version(TlsVersion wanted, Outcome when_missing, const TriedHello& tried,
                             const ServerAnswer* again) {
    const ServerAnswer& answer = tried.answer;
    const Tries& tries = tried.tries;
    if (answer.server_hello && answer.server_hello->version == wanted) {
        return Verdict::pass("negotiated {} with {}{}", to_string(wanted),
                             cipher_suite_name(answer.server_hello->cipher_suite),
                             tries.count() > 1 ? fmt::format(" ({})", tries.summary()) : "");
    }
    if (!answer.server_hello && !tries.is_refusal()) {
        return nothing_follows(tried);
    }
    if (again != nullptr && again->server_hello && again->server_hello->version == wanted) {
        return Verdict::inconclusive("{} was refused ({}), and negotiated when asked again", to_string(wanted),
                                     tries.summary())
            .remedy(
                "see whether the endpoint turns clients away under load, or its nodes differ in their TLS settings; "
                "then run again");
    }
    if (again != nullptr && tries.rests_on_resets() && !again->was_cut()) {
        return Verdict::inconclusive("{} was answered with {}, and then with {}: a reset or close alone is no refusal",
                                     to_string(wanted), tries.summary(), again->summary());
    }
    return Verdict(when_missing, fmt::format("{} is not served: {}", to_string(wanted), tries.summary()))
        .remedy(fmt::format("enable {} on this listener. nginx: ssl_protocols TLSv1.2 TLSv1.3; HAProxy: ssl-max-ver "
                            "TLSv1.3; Apache: SSLProtocol -all +TLSv1.2 +TLSv1.3",
                            to_string(wanted)))
        .rests_on_resets(tries.rests_on_resets());
}

Verdict judge_fallback(TlsVersion newest, TlsVersion offered, const TriedHello& fallback) {
    const std::string answers = fallback.tries.summary();
    if (fallback.answer.server_hello) {
        // RFC 8996 has obsoleted RFC 7507; between TLS 1.3 and 1.2 the downgrade sentinel does its work.
        const Outcome outcome = offered == TlsVersion::tls_1_2 ? Outcome::warning : Outcome::fail;
        return Verdict(outcome,
                       fmt::format("serves {}, yet a fallback to {} marked with TLS_FALLBACK_SCSV was accepted: {}",
                                   to_string(newest), to_string(offered), answers))
            .remedy(
                "update the TLS library of this listener, or enable no version below TLS 1.2: RFC 7507 (obsoleted by "
                "RFC 8996) asks for the alert inappropriate_fallback");
    }
    if (!fallback.tries.is_refusal()) {
        return nothing_follows(fallback);
    }
    if (fallback.answer.alert && fallback.answer.alert->description == 86) {
        return Verdict::pass("a fallback from {} to {} was refused with {}", to_string(newest), to_string(offered),
                             answers);
    }
    return Verdict::pass("no fallback from {} to {} is possible: refused with {}", to_string(newest),
                         to_string(offered), answers)
        .rests_on_resets(fallback.tries.rests_on_resets());
}

Sentinel downgrade_sentinel(const ServerHello& hello) {
    constexpr std::array<std::uint8_t, 7> downgrade = {'D', 'O', 'W', 'N', 'G', 'R', 'D'};
    if (!std::equal(downgrade.begin(), downgrade.end(), hello.random.begin() + 24) || hello.random[31] > 1) {
        return Sentinel::none;
    }
    return hello.random[31] == 1 ? Sentinel::tls_1_2 : Sentinel::tls_1_1_or_below;
}

SuiteFindings sort_suites(std::span<const std::uint16_t> accepted, std::span<const std::string> allowed) {
    SuiteFindings findings;
    for (const std::uint16_t value : accepted) {
        const CipherSuite* suite = find_cipher_suite(value);
        if (suite == nullptr) {
            continue;  // only registered suites are ever offered
        }
        if (std::find(allowed.begin(), allowed.end(), suite->name) != allowed.end()) {
            findings.listed.push_back(suite);
        } else if (suite->weakness == CipherWeakness::none || suite->weakness == CipherWeakness::psk_or_other) {
            findings.unlisted.push_back(suite);
        } else {
            findings.weak.push_back(suite);
        }
    }
    return findings;
}

Verdict judge_suites(TlsVersion version, std::span<const std::uint16_t> accepted,
                     std::span<const std::string> allowed) {
    const SuiteFindings findings = sort_suites(accepted, allowed);
    const std::string remedy(version == TlsVersion::tls_1_3 ? suites_1_3_remedy : suites_remedy);
    if (!findings.weak.empty()) {
        return Verdict::fail("{} accepts {} weak cipher suite{}: {}", to_string(version), findings.weak.size(),
                             findings.weak.size() == 1 ? "" : "s", list(findings.weak, with_weakness))
            .remedy(remedy);
    }
    if (!findings.unlisted.empty()) {
        return Verdict::warning("{} accepts {} suite{} besides the published ones: {}", to_string(version),
                                findings.unlisted.size(), findings.unlisted.size() == 1 ? "" : "s",
                                list(findings.unlisted, plain_name))
            .remedy(remedy);
    }
    return Verdict::pass("{} accepts published suites alone: {}", to_string(version),
                         list(findings.listed, plain_name));
}

std::vector<std::string> published_cipher_suites() {
    return {"TLS_AES_256_GCM_SHA384",
            "TLS_AES_128_GCM_SHA256",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"};
}

std::vector<std::vector<std::uint16_t>> tls12_offers() {
    constexpr std::size_t max_offer = 110;  // with its extensions still below 512 bytes
    std::vector<std::vector<std::uint16_t>> offers{offerable_suites(TlsVersion::tls_1_2)};
    const std::vector<std::uint16_t> usual = offers.front();
    for (const CipherSuite& suite : all_cipher_suites()) {
        if (suite.tls13 || std::find(usual.begin(), usual.end(), suite.value) != usual.end()) {
            continue;
        }
        if (offers.size() == 1 || offers.back().size() == max_offer) {
            offers.emplace_back();
        }
        offers.back().push_back(suite.value);
    }
    return offers;
}

std::vector<std::uint16_t> tls13_offer() {
    std::vector<std::uint16_t> offer;
    for (const CipherSuite& suite : all_cipher_suites()) {
        if (suite.tls13) {
            offer.push_back(suite.value);
        }
    }
    return offer;
}

std::string group_name(std::uint16_t group) {
    static constexpr std::array<std::string_view, 31> names = {
        "",          "sect163k1", "sect163r1",       "sect163r2",       "sect193r1",       "sect193r2",
        "sect233k1", "sect233r1", "sect239k1",       "sect283k1",       "sect283r1",       "sect409k1",
        "sect409r1", "sect571k1", "sect571r1",       "secp160k1",       "secp160r1",       "secp160r2",
        "secp192k1", "secp192r1", "secp224k1",       "secp224r1",       "secp256k1",       "secp256r1",
        "secp384r1", "secp521r1", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1", "x25519",
        "x448"};
    if (group > 0 && group < names.size()) {
        return std::string(names[group]);
    }
    return fmt::format("group 0x{:04x}", group);
}

bool group_is_weak(std::uint16_t group) {
    return group >= 1 && group <= 19;  // sect163k1 to sect571r1, secp160k1 to secp192r1
}

std::span<const std::uint16_t> odd_groups() {
    static constexpr std::array<std::uint16_t, 25> groups = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13,
                                                             14, 15, 16, 17, 18, 19, 20, 21, 22, 26, 27, 28};
    return groups;
}

Verdict judge_groups(std::span<const std::uint16_t> accepted) {
    std::vector<std::string> weak;
    std::vector<std::string> names;
    bool usual = false;
    for (const std::uint16_t group : accepted) {
        names.push_back(group_name(group));
        if (group_is_weak(group)) {
            weak.push_back(group_name(group));
        }
        usual = usual || group == 23 || group == 24 || group == 29;
    }
    constexpr const char* remedy =
        "offer X25519, P-256 and P-384. nginx: ssl_ecdh_curve X25519:prime256v1:secp384r1; HAProxy: curves "
        "X25519:P-256:P-384; Apache: SSLOpenSSLConfCmd Groups X25519:P-256:P-384";
    if (!weak.empty()) {
        return Verdict::warning("agrees on weak groups: {}", join(weak)).remedy(remedy);
    }
    if (!usual) {
        return Verdict::warning("agrees on none of x25519, secp256r1 and secp384r1 (on {})",
                                names.empty() ? "no group at all" : join(names))
            .remedy(remedy);
    }
    return Verdict::pass("agrees on {}", join(names));
}

}  // namespace gateproof::suites
