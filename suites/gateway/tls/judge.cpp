#include "suites/gateway/tls/judge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "harness/probe/http/http1.hpp"

namespace gateproof::suites {
namespace {

constexpr std::string_view old_version_remedy =
    "disable every protocol version below TLS 1.2 on this listener. nginx: ssl_protocols TLSv1.2 TLSv1.3; HAProxy: "
    "ssl-min-ver TLSv1.2; Apache: SSLProtocol -all +TLSv1.2 +TLSv1.3";
constexpr std::string_view suites_remedy =
    "allow the published suites alone. nginx and HAProxy (ssl_ciphers, ciphers) and Apache (SSLCipherSuite): "
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305";
/// The published suites of TLS 1.2 are for ECDSA certificates: on a server without one they leave no suite at all.
constexpr std::string_view rsa_suites_remedy =
    "this server accepts no suite for an ECDSA certificate, and the published ones are for ECDSA alone: with an RSA "
    "certificate they would end TLS 1.2 here. At once, allow no weak suite. nginx and HAProxy (ssl_ciphers, ciphers) "
    "and Apache (SSLCipherSuite): "
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305. Then install an ECDSA "
    "certificate, and allow the published suites alone: "
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
        return Verdict::pass("{} was refused with {}{}", to_string(offered), tried.tries.summary(),
                             none_served(tried.tries.telling_count()))
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
        .remedy(std::string(old_version_remedy))
        .found({fmt::format("{} was negotiated when {} was the newest version offered", to_string(version),
                            to_string(offered))});
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
    return Verdict(when_missing,
                   fmt::format("{} is not served (RFC 9325 3.1.1 asks for it): {}", to_string(wanted), tries.summary()))
        .remedy(fmt::format("enable {} on this listener. nginx: ssl_protocols TLSv1.2 TLSv1.3; HAProxy: ssl-max-ver "
                            "TLSv1.3; Apache: SSLProtocol -all +TLSv1.2 +TLSv1.3",
                            to_string(wanted)))
        .rests_on_resets(tries.rests_on_resets());
}

bool is_foreign(std::uint16_t group) {
    const bool finite_field = group >> 8 == 1;  // 0x0100 to 0x0104
    return !finite_field && (group < 23 || group > 30);
}

std::optional<NamedGroup> foreign_group(const ServerAnswer& answer) {
    if (!answer.server_hello || !answer.server_hello->hello_retry_request) {
        return std::nullopt;
    }
    const std::optional<NamedGroup> group = answer.server_hello->key_share_group();
    return group && is_foreign(static_cast<std::uint16_t>(*group)) ? group : std::nullopt;
}

Verdict judge_foreign_group(TlsVersion wanted, NamedGroup group, const TriedHello& beside) {
    const std::string name = group_name(static_cast<std::uint16_t>(group));
    if (beside.answer.server_hello) {
        return Verdict::pass("negotiated {}, preferably over {}", to_string(wanted), name);
    }
    if (!beside.tries.is_refusal()) {
        return nothing_follows(beside);
    }
    return Verdict::pass(
        "{} is served with {} only: usual groups are refused ({}), so checks that make a session need an "
        "OpenSSL that can do it",
        to_string(wanted), name, beside.tries.summary());
}

Verdict judge_fallback(TlsVersion newest, TlsVersion offered, const TriedHello& fallback, const TriedHello* unmarked) {
    const std::string answers = fallback.tries.summary();
    if (fallback.answer.server_hello) {
        // RFC 8996 has obsoleted RFC 7507; between TLS 1.3 and 1.2 the downgrade sentinel does its work.
        const Outcome outcome = offered == TlsVersion::tls_1_2 ? Outcome::warning : Outcome::fail;
        return Verdict(outcome,
                       fmt::format("serves {}, yet a fallback to {} marked with TLS_FALLBACK_SCSV was accepted: {}",
                                   to_string(newest), to_string(offered), answers))
            .remedy(
                "update the TLS library of this listener, or enable no version below TLS 1.2: RFC 7507 (obsoleted by "
                "RFC 8996) asks for the alert inappropriate_fallback")
            .found({fmt::format("{} with TLS_FALLBACK_SCSV is accepted beside {}", to_string(offered),
                                to_string(newest))});
    }
    if (!fallback.tries.is_refusal()) {
        return nothing_follows(fallback);
    }
    const bool resets = fallback.tries.rests_on_resets();
    if (fallback.answer.alert && fallback.answer.alert->description == inappropriate_fallback) {
        return Verdict::pass("a fallback from {} to {} was refused with {}", to_string(newest), to_string(offered),
                             answers);
    }
    if (unmarked != nullptr && unmarked->answer.server_hello) {
        return Verdict::pass("a fallback from {} to {} was refused with {}; unmarked, {} is served", to_string(newest),
                             to_string(offered), answers, to_string(unmarked->answer.server_hello->version))
            .rests_on_resets(resets);
    }
    return Verdict::pass("no fallback from {} to {} is possible: refused with {}", to_string(newest),
                         to_string(offered), answers)
        .rests_on_resets(resets);
}

Verdict judge_tolerance(std::span<const Intolerance> refused, std::size_t tolerated) {
    if (refused.empty() && tolerated == 0) {
        return Verdict::skipped("neither TLS 1.2 nor TLS 1.3 is served");
    }
    if (refused.empty()) {
        return Verdict::pass("negotiated TLS 1.2 or 1.3 in spite of unknown values, {} ways", tolerated);
    }
    std::vector<std::string> names;
    std::ranges::transform(refused, std::back_inserter(names), &Intolerance::what);
    const bool resets = std::ranges::all_of(refused, &Intolerance::by_resets);
    if (std::ranges::all_of(refused, &Intolerance::never_sent)) {
        // Newer versions are offered in supported_versions alone, so no client is turned away by this.
        return Verdict::warning(
                   "refuses {}, where RFC 8446 4.2.1 has a server negotiate TLS 1.2; no client sends such a hello",
                   join(names))
            .remedy("update the TLS implementation of this listener when there is occasion to")
            .found(names)
            .rests_on_resets(resets);
    }
    return Verdict::fail("does not tolerate {}", join(names))
        .remedy(
            "update the TLS implementation of this listener, or of the device in front of it: newer clients fail "
            "here")
        .found(names)
        .rests_on_resets(resets);
}

Verdict judge_large_hellos(std::span<const UnansweredHello> unanswered, std::size_t not_tried) {
    if (unanswered.empty()) {
        return Verdict::pass(
            "a ClientHello of up to {} bytes, and one in two TCP segments or two TLS records, is answered like a small one",
            longest_hello);
    }
    std::vector<std::string> told;
    std::ranges::transform(unanswered, std::back_inserter(told),
                           [](const UnansweredHello& one) { return fmt::format("{} ({})", one.what, one.answer); });
    std::vector<std::string> whats;
    std::ranges::transform(unanswered, std::back_inserter(whats), &UnansweredHello::what);
    const bool never_sent = std::ranges::all_of(unanswered, &UnansweredHello::never_sent);
    return Verdict(never_sent ? Outcome::warning : Outcome::fail,
                   fmt::format("a small ClientHello is answered, but not {}{}{}", join(told),
                               never_sent ? "; no client of today sends that" : "",
                               not_tried > 0 ? fmt::format("; {} more were not tried", not_tried) : ""))
        .remedy(
            "let whatever reads the ClientHello wait for all of it, and hold all of it (a router by server name: its "
            "buffer and its patience), or update the TLS stack: the key share of a post-quantum group alone takes 1,200 "
            "bytes")
        .found(whats)
        .rests_on_resets(std::ranges::all_of(unanswered, &UnansweredHello::by_resets));
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
        } else if (suite->weakness == CipherWeakness::none) {
            findings.unlisted.push_back(suite);
        } else if (suite->weakness == CipherWeakness::psk_or_other) {
            findings.keyed.push_back(suite);
        } else {
            findings.weak.push_back(suite);
        }
    }
    return findings;
}

Verdict judge_suites(TlsVersion version, std::span<const std::uint16_t> accepted,
                     std::span<const std::string> allowed) {
    const SuiteFindings findings = sort_suites(accepted, allowed);
    const bool has_ecdsa = std::ranges::any_of(accepted, [](std::uint16_t value) {
        const CipherSuite* const suite = find_cipher_suite(value);
        return suite != nullptr && suite->name.find("_ECDSA_") != std::string_view::npos;
    });
    const std::string remedy(version == TlsVersion::tls_1_3 ? suites_1_3_remedy
                             : has_ecdsa                    ? suites_remedy
                                                            : rsa_suites_remedy);
    std::vector<std::string> parts;
    const auto say = [&parts](const std::vector<const CipherSuite*>& suites, std::string_view one,
                              std::string_view several, const auto& name) {
        if (!suites.empty()) {
            parts.push_back(
                fmt::format("{} {}: {}", suites.size(), suites.size() == 1 ? one : several, list(suites, name)));
        }
    };
    say(findings.weak, "weak cipher suite", "weak cipher suites", with_weakness);
    say(findings.unlisted, "unpublished suite", "unpublished suites", plain_name);
    // Choosing one is not yet serving it.
    say(findings.keyed, "suite that serves only where a secret was shared before",
        "suites that serve only where a secret was shared before", plain_name);
    const std::string found = fmt::format("{}", fmt::join(parts, "; "));
    std::vector<std::string> facts;
    for (const auto* const suites : {&findings.weak, &findings.unlisted, &findings.keyed}) {
        std::ranges::transform(*suites, std::back_inserter(facts),
                               [](const CipherSuite* suite) { return std::string(suite->name); });
    }
    if (!findings.weak.empty()) {
        return Verdict::fail("{} accepts {}", to_string(version), found).remedy(remedy).found(std::move(facts));
    }
    if (!parts.empty()) {
        return Verdict::warning("{} accepts {}", to_string(version), found).remedy(remedy).found(std::move(facts));
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

bool group_is_forbidden(std::uint16_t group) {
    return (group >= 1 && group <= 5) ||
           (group >= 15 && group <= 19);  // sect163k1 to sect193r2, secp160k1 to secp192r1
}

bool group_is_weak(std::uint16_t group) {
    return group >= 1 && group <= 19;  // sect163k1 to sect571r1, secp160k1 to secp192r1
}

bool group_is_usual(std::uint16_t group) {
    return group == 23 || group == 24 || group == 29;
}

std::span<const std::uint16_t> odd_groups() {
    static constexpr std::array<std::uint16_t, 25> groups = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13,
                                                             14, 15, 16, 17, 18, 19, 20, 21, 22, 26, 27, 28};
    return groups;
}

std::span<const std::uint16_t> groups_of_tls_1_3_alone() {
    static constexpr std::array<std::uint16_t, 7> groups = {0x11ec, 0x11eb, 0x11ed, 0x0200, 0x0201, 0x0202, 0x6399};
    return groups;
}

Verdict judge_misplaced_group(std::uint16_t group) {
    return Verdict::fail("agrees on {} in TLS 1.2, though it is defined for TLS 1.3 alone", group_name(group))
        .remedy("update the TLS implementation of this listener, which breaks the protocol");
}

Verdict judge_groups(std::span<const std::uint16_t> accepted) {
    const auto list_of = [accepted](auto wanted) {
        std::vector<std::string> names;
        for (const std::uint16_t group : accepted) {
            if (wanted(group)) {
                names.push_back(group_name(group));
            }
        }
        return names;
    };
    const auto names_of = [&](auto wanted) { return join(list_of(wanted)); };
    const std::string all = names_of([](std::uint16_t) { return true; });
    constexpr const char* remedy =
        "offer X25519, P-256 and P-384. nginx: ssl_ecdh_curve X25519:prime256v1:secp384r1; HAProxy: curves "
        "X25519:P-256:P-384; Apache: SSLOpenSSLConfCmd Groups X25519:P-256:P-384";
    if (const std::string forbidden = names_of(group_is_forbidden); !forbidden.empty()) {
        return Verdict::fail("agrees on groups below 224 bits, which RFC 9325 4.5 forbids: {}", forbidden)
            .remedy(remedy)
            .found(list_of(group_is_weak));
    }
    if (const std::string weak = names_of(group_is_weak); !weak.empty()) {
        return Verdict::warning("agrees on groups that RFC 8422 took away: {}", weak)
            .remedy(remedy)
            .found(list_of(group_is_weak));
    }
    if (std::ranges::none_of(accepted, group_is_usual)) {
        return Verdict::warning("agrees on none of x25519, secp256r1 and secp384r1 (on {})",
                                all.empty() ? "no group at all" : all)
            .remedy(remedy);
    }
    return Verdict::pass("agrees on {}", all);
}

Verdict judge_no_connection(TlsVersion version, const std::string& how, const TriedHello& hello) {
    if (!hello.answer.server_hello) {
        return without_version(version, hello);
    }
    if (hello.answer.server_hello->version != version) {
        return Verdict::skipped("{} is not served: {}", to_string(version), hello.tries.summary());
    }
    if (const std::optional<NamedGroup> group = foreign_group(hello.answer)) {
        return Verdict::inconclusive("{} is served with {}, which the OpenSSL of this machine cannot do: {}",
                                     to_string(version), group_name(static_cast<std::uint16_t>(*group)), how);
    }
    return Verdict::inconclusive("{} is negotiated ({}), but no handshake of ours was completed: {}",
                                 to_string(version), hello.tries.summary(), how)
        .remedy("see whether the server's suites and groups, or our kind of certificate, are fit for each other");
}

bool is_undecipherable(const TlsStep& step) {
    // As OpenSSL says it of suites with a MAC, with AEAD, and where the cipher itself refuses the record.
    constexpr std::array words{"bad record mac", "decryption failed", "cipher operation failed"};
    return step.end == Ending::tls_protocol && std::ranges::any_of(words, [&](std::string_view said) {
               return step.detail.find(said) != std::string::npos;
           });
}

}  // namespace gateproof::suites
