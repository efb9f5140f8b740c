#include "suites/client/tls/judge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "harness/probe/tls/cipher_suites.hpp"
#include "harness/probe/tls/named_values.hpp"
#include "suites/client/judge.hpp"

namespace gateproof::suites {

namespace {

/// It offers that version (below TLS 1.2), and a cipher suite that exists there: none with AEAD does (RFC 5288 4).
bool speaks(const ClientHelloSeen& hello, TlsVersion version) {
    const std::vector<std::uint16_t> suites = hello.cipher_suites();
    const bool any = std::ranges::any_of(suites, [](std::uint16_t value) {
        const CipherSuite* const suite = find_cipher_suite(value);
        const std::string_view name = suite == nullptr ? std::string_view() : suite->name;
        const bool aead = name.find("_GCM") != std::string_view::npos || name.find("_CCM") != std::string_view::npos ||
                          name.find("POLY1305") != std::string_view::npos;
        const bool newer = name.ends_with("_SHA256") || name.ends_with("_SHA384");
        return suite == nullptr || (!suite->tls13 && !aead && !newer);
    });
    return any && hello.offers(version);
}

TlsVersion newest(const ClientHelloSeen& hello) {
    const std::vector<TlsVersion> versions = hello.versions();
    return versions.empty() ? TlsVersion::ssl_3 : versions.front();
}

}  // namespace

bool is_broken(const CipherSuite& suite) {
    switch (suite.weakness) {
        case CipherWeakness::null_encryption:
        case CipherWeakness::anonymous:
        case CipherWeakness::export_grade:
        case CipherWeakness::rc4: return true;
        case CipherWeakness::des:
            return suite.name.find("_3DES_") == std::string_view::npos &&
                   suite.name.find("_IDEA_") == std::string_view::npos;
        default: return false;
    }
}

Verdict judge_suites_offered(const ClientHelloSeen& hello, const TlsExpectations& expected) {
    std::vector<std::string> broken;
    std::vector<std::string> old;
    bool offers_published = false;
    for (const std::uint16_t value : hello.cipher_suites()) {
        const std::string name = cipher_suite_name(value);
        const CipherSuite* const suite = find_cipher_suite(value);
        offers_published =
            offers_published || std::ranges::find(expected.cipher_suites, name) != expected.cipher_suites.end();
        if (suite != nullptr && is_broken(*suite)) {
            broken.push_back(name);
        } else if (suite != nullptr && suite->weakness != CipherWeakness::none) {
            old.push_back(name);
        }
    }
    constexpr std::string_view remedy =
        "offer the published suites alone (OpenSSL: SSL_CTX_set_cipher_list \"ECDHE+AESGCM:ECDHE+CHACHA20\")";
    if (!broken.empty()) {
        return Verdict::fail("it offers {} without security: {}", broken.size() == 1 ? "a suite" : "suites",
                             fmt::join(broken, ", "))
            .remedy(std::string(remedy));
    }
    if (!offers_published) {
        return Verdict::fail("it offers none of the published suites: {}", fmt::join(expected.cipher_suites, ", "))
            .remedy(std::string(remedy));
    }
    if (!old.empty()) {
        return Verdict::warning(
                   "beside published suites it offers {} of CBC mode, of small blocks or without forward secrecy: {}",
                   old.size() == 1 ? "one" : std::to_string(old.size()), fmt::join(old, ", "))
            .remedy(std::string(remedy));
    }
    return Verdict::pass("it offers published suites, and none that is weak; fingerprint of its ClientHello: {}",
                         hello.fingerprint());
}

Verdict judge_no_fallback(const Attempt& attempt) {
    const ClientHelloSeen* first = nullptr;
    std::size_t hellos = 0;
    for (const stage::Visit& visit : attempt.visits) {
        if (!visit.hello) {
            continue;
        }
        ++hellos;
        if (first == nullptr) {
            first = &*visit.hello;
        } else if (newest(*visit.hello) < newest(*first) && !visit.hello->offers_suite(tls_fallback_scsv)) {
            return Verdict::fail("refused at its first ClientHello, it came again and offered {} at most instead of {}",
                                 to_string(newest(*visit.hello)), to_string(newest(*first)))
                .remedy("never offer less than before: whoever can break a connection can then choose the version");
        }
    }
    if (first == nullptr) {
        return Verdict::inconclusive("the client never came with a ClientHello: {}", attempt.summary());
    }
    if (std::optional<Verdict> doubt = told_otherwise(attempt)) {
        return std::move(*doubt);
    }
    if (std::optional<Verdict> doubt = reports_success(attempt, "none of its handshakes came to an end")) {
        return std::move(*doubt);
    }
    return Verdict::pass(
        "refused at its first ClientHello, it {}",
        hellos == 1 ? std::string("did not come again") : fmt::format("offered as much on {} more", hellos - 1));
}

Verdict judge_version_refused(const Attempt& attempt, TlsVersion version, std::string_view remedy) {
    bool told = false;
    bool other = false;
    for (const stage::Visit& visit : attempt.visits) {
        if (visit.hello && visit.our_alert && !visit.accepted_at && !speaks(*visit.hello, version)) {
            told = true;
        } else if (visit.hello) {
            other = true;
        }
    }
    if (std::optional<Verdict> doubt = told_otherwise(attempt)) {
        return std::move(*doubt);
    }
    if (told && !other && attempt.claim.kind != Claim::Kind::success) {
        return Verdict::pass("it offers nothing that a server of {} could choose", to_string(version));
    }
    const std::string what = fmt::format("a server of {} alone", to_string(version));
    return judge_client_refused(attempt, {what, remedy});
}

Verdict judge_clear_answer(const Attempt& attempt) {
    constexpr std::string_view remedy = "never go on without TLS where TLS was asked for";
    for (const std::vector<stage::Visit>* const visits : {&attempt.visits, &attempt.strays}) {
        for (const stage::Visit& visit : *visits) {
            if (visit.in_clear) {
                return Verdict::fail("answered in clear, it went on in clear: {}", visit.summary())
                    .remedy(std::string(remedy));
            }
        }
    }
    if (attempt.reached() < stage::Reached::hello || attempt.accepted()) {
        return judge_client_refused(attempt, {"HTTP in clear in answer to its ClientHello", remedy});
    }
    switch (attempt.claim.kind) {
        case Claim::Kind::ended_by_us:
            return Verdict::inconclusive("answered in clear, it came to no end: {}", attempt.summary());
        case Claim::Kind::success:
            return Verdict::fail("an answer in clear was taken for the gateway's: it reports success")
                .remedy(std::string(remedy));
        case Claim::Kind::crashed:
            return Verdict::fail("it crashed over an answer in clear: {}", attempt.summary())
                .remedy(std::string(remedy));
        case Claim::Kind::failure: return Verdict::pass("an answer in clear is a failure to it: {}", attempt.summary());
        default:
            return Verdict::not_tried("needs the client's own word, which it does not give: {}", attempt.summary());
    }
}

std::optional<Verdict> judge_another_protocol(const Attempt& attempt) {
    for (const stage::Visit& visit : attempt.visits) {
        const std::vector<std::string> offered = visit.hello ? visit.hello->protocols() : std::vector<std::string>();
        if (!offered.empty() && std::ranges::find(offered, "http/1.1") == offered.end()) {
            return Verdict::fail("by ALPN it speaks {} alone", fmt::join(offered, ", "));
        }
    }
    return std::nullopt;
}

Verdict judge_served_by(const Attempt& attempt, std::string_view suite, const TlsExpectations& expected) {
    if (std::optional<Verdict> doubt = told_otherwise(attempt)) {
        return std::move(*doubt);
    }
    bool came = false;
    bool offered = false;
    bool another = false;
    for (const stage::Visit& visit : attempt.visits) {
        came = came || visit.hello;
        for (const std::uint16_t value : visit.hello ? visit.hello->cipher_suites() : std::vector<std::uint16_t>()) {
            const std::string name = cipher_suite_name(value);
            offered = offered || name == suite;
            another = another || std::ranges::find(expected.cipher_suites, name) != expected.cipher_suites.end();
        }
    }
    constexpr std::string_view remedy =
        "let the software offer every published suite (client-tls.survey has what it offers)";
    if (!came) {
        return Verdict::inconclusive("the client never came with a ClientHello: {}", attempt.summary());
    }
    if (!offered && !another) {
        return Verdict::fail("it offers {} as little as any other published suite", suite).remedy(std::string(remedy));
    }
    if (!offered) {
        return Verdict::skipped("it does not offer {}, and does offer another published suite", suite);
    }
    if (attempt.served()) {
        return Verdict::pass("it is served by {} alone", suite);
    }
    return Verdict::warning("it offers {}, and is not served by a gateway of that suite alone: {}", suite,
                            attempt.summary())
        .remedy("find out why the handshake fails: the gateway may choose any suite that is offered");
}

Verdict judge_survey(const ClientHelloSeen& hello) {
    const std::vector<NamedGroup> groups = hello.groups();
    const bool post_quantum = std::ranges::any_of(
        groups, [](NamedGroup group) { return group_is_post_quantum(static_cast<std::uint16_t>(group)); });
    const std::string told = fmt::format("the fingerprint of its ClientHello is {}; it offers {} post-quantum group",
                                         hello.fingerprint(), post_quantum ? "a" : "no");
    std::vector<std::string> weak;
    for (const std::uint16_t scheme : hello.signature_schemes()) {
        const std::string name = signature_scheme_name(scheme);
        if (name.ends_with("_md5") || name.ends_with("_sha1")) {
            weak.push_back(name);
        }
    }
    if (!weak.empty()) {
        return Verdict::warning("it accepts signatures over MD5 or SHA-1 ({}); {}", fmt::join(weak, ", "), told)
            .remedy(
                "offer no signature scheme with SHA-1 or MD5, which anybody can forge (RFC 9155 2; OpenSSL: security "
                "level 1 or above; GnuTLS: -SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1; Java: jdk.tls.disabledAlgorithms)");
    }
    return Verdict::pass("{}", told);
}

std::size_t answers_in_a_row(const Attempt& attempt) {
    std::size_t most = 0;
    for (const stage::Visit& visit : attempt.visits) {
        most = std::max(most,
                        static_cast<std::size_t>(std::ranges::count_if(
                            visit.requests, [](const stage::RequestSeen& one) { return one.answered.has_value(); })));
    }
    return most;
}

Verdict judge_keeps_none(const Attempt& attempt) {
    if (std::optional<Verdict> doubt = told_otherwise(attempt)) {
        return std::move(*doubt);
    }
    if (answers_in_a_row(attempt) == 0) {
        return Verdict::inconclusive("going on, the client is not served by the conforming gateway: {}",
                                     attempt.summary())
            .remedy("see that client.trigger.command.stay calls {url} at least once a second, until it is ended");
    }
    return Verdict::skipped("it keeps no connection for three answers, so nothing comes between two of them");
}

Verdict judge_goes_on(const Attempt& seen, std::string_view what) {
    if (std::optional<Verdict> doubt = told_otherwise(seen)) {
        return std::move(*doubt);
    }
    if (std::optional<Verdict> old_keys = judge_key_updates(seen)) {
        return std::move(*old_keys);
    }
    if (answers_in_a_row(seen) >= 3) {
        return Verdict::pass("the client goes on at {}, on the same connection", what);
    }
    for (const stage::Visit& visit : seen.visits) {
        if (visit.request_count >= 2 && visit.ended && !visit.by_stage) {
            return Verdict::fail("the client leaves the connection of {}, which it keeps otherwise: {}", what,
                                 visit.summary())
                .remedy(std::string(follows_tls_1_3));
        }
    }
    return Verdict::inconclusive("the client made no three calls on a connection of {} in time: {}", what,
                                 seen.summary());
}

std::optional<Verdict> judge_key_updates(const Attempt& attempt) {
    for (const stage::Visit& visit : attempt.visits) {
        for (std::size_t i = 1; i < visit.requests.size(); ++i) {
            const stage::RequestSeen& before = visit.requests[i - 1];
            const stage::RequestSeen& next = visit.requests[i];
            if (!before.answered || next.first_byte < *before.answered) {
                continue;  // sent before it could have read the KeyUpdate
            }
            for (const stage::Time asked : visit.key_updates_asked) {
                const bool heard = before.whole && asked >= *before.whole && asked <= *before.answered;
                const bool updated = std::ranges::any_of(
                    visit.key_updates, [&](stage::Time sent) { return sent >= asked && sent <= next.first_byte; });
                if (heard && !updated) {
                    return Verdict::fail(
                               "asked for a KeyUpdate, it sent its next request under the old keys (RFC 8446 4.6.3)")
                        .remedy(std::string(follows_tls_1_3));
                }
            }
        }
    }
    return std::nullopt;
}

Verdict judge_early_writes(const Attempt& attempt) {
    std::size_t resumed = 0;
    for (const stage::Visit& visit : attempt.visits) {
        resumed += visit.resumed ? 1 : 0;
        const bool early = visit.hello && visit.hello->has(ExtensionType::early_data);
        const bool safe =
            visit.requests.empty() || visit.requests.front().method == "GET" || visit.requests.front().method == "HEAD";
        if (early && !safe) {
            return Verdict::fail("its write went out as early data: {}", visit.summary())
                .remedy("send nothing but safe requests as early data, which anybody can play again (RFC 8470 4)");
        }
    }
    if (std::optional<Verdict> nothing = not_answered(attempt)) {
        return std::move(*nothing);
    }
    return resumed == 0
               ? Verdict::pass("it resumed no session, so that nothing of it could go early")
               : Verdict::pass("it resumed {}, and no write of it went early", resumed == 1 ? "a session" : "sessions");
}

std::vector<std::uint16_t> suites_for_1_2(const Attempt& attempt) {
    std::vector<std::uint16_t> offered;
    for (const stage::Visit& visit : attempt.visits) {
        if (visit.hello && visit.hello->offers(TlsVersion::tls_1_2)) {
            std::ranges::copy(visit.hello->cipher_suites(), std::back_inserter(offered));
        }
    }
    return offered;
}

std::optional<std::uint16_t> finite_suite_of(const Attempt& attempt) {
    const std::vector<std::uint16_t> offered = suites_for_1_2(attempt);
    const auto found = std::ranges::find_if(offered, [](std::uint16_t value) {
        const CipherSuite* const suite = find_cipher_suite(value);
        return suite != nullptr && suite->name.starts_with("TLS_DHE_RSA_");
    });
    return found == offered.end() ? std::nullopt : std::optional(*found);
}

Verdict judge_late_request(const Attempt& attempt) {
    constexpr std::string_view remedy =
        "do not offer post_handshake_auth, or answer such a request, without a certificate if need be (OpenSSL: leave "
        "SSL_CTX_set_post_handshake_auth alone; Python: SSLContext.post_handshake_auth)";
    const auto offers = [](const stage::Visit& visit) {
        return visit.hello && visit.hello->has(ExtensionType::post_handshake_auth);
    };
    if (attempt.reached() >= stage::Reached::hello && std::ranges::none_of(attempt.visits, offers)) {
        return Verdict::pass(
            "it does not offer post_handshake_auth, so that no gateway may ask for a certificate later");
    }
    Verdict served =
        judge_client_served(attempt, "a gateway that asks for its certificate behind the handshake", remedy);
    if (served.outcome() != Outcome::pass) {
        return served;
    }
    for (const stage::Visit& visit : attempt.visits) {
        if (!visit.late_request_at || visit.late_certificate_at) {
            continue;
        }
        const bool next = std::ranges::any_of(visit.requests, [&visit](const stage::RequestSeen& request) {
            const stage::RequestSeen& first = visit.requests.front();
            return first.answered && request.first_byte >= *first.answered;
        });
        if (next) {
            return Verdict::fail(
                       "asked for a certificate behind the handshake, it made its next request instead of an answer")
                .remedy(std::string(remedy));
        }
    }
    const bool answered = std::ranges::any_of(
        attempt.visits, [](const stage::Visit& visit) { return visit.late_certificate_at.has_value(); });
    return answered ? Verdict::pass("asked for a certificate behind the handshake, it answers (RFC 8446 4.6.2)")
                    : Verdict::not_tried(
                          "it offers post_handshake_auth, and ended its connection before an answer to "
                          "such a request came: {}",
                          attempt.summary());
}

Verdict judge_master_secret(const ClientHelloSeen& hello) {
    if (!hello.offers(TlsVersion::tls_1_2)) {
        return Verdict::skipped("it does not offer TLS 1.2, which alone knows that extension");
    }
    if (hello.has(ExtensionType::extended_master_secret)) {
        return Verdict::pass("it offers extended_master_secret");
    }
    return Verdict::warning("it does not offer extended_master_secret (RFC 7627 5.2, RFC 9325 3.5)")
        .remedy("use a TLS library that offers it; every current one does, unless it is switched off");
}

Verdict judge_compression(const ClientHelloSeen& hello) {
    const std::vector<std::uint8_t>& methods = hello.hello.compression_methods;
    if (methods.size() == 1 && methods.front() == 0) {
        return Verdict::pass("it offers no compression");
    }
    return Verdict::fail("it offers compression under TLS, which gives secrets away by their length")
        .remedy("switch TLS compression off (OpenSSL: SSL_OP_NO_COMPRESSION)");
}

}  // namespace gateproof::suites
