#include "suites/client/tls/judge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "harness/probe/tls/cipher_suites.hpp"
#include "suites/client/judge.hpp"

namespace gateproof::suites {

namespace {

/// What gives no security at all, and what is only out of date: RFC 9325 4.1 forbids what is below 112 bits, and
/// advises against 3DES and IDEA, which Go before 1.23 offers last.
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

Verdict judge_suites_offered(const ClientHelloSeen& hello, const TlsExpectations& expected) {
    std::vector<std::string> broken;
    std::vector<std::string> old;
    bool published = false;
    for (const std::uint16_t value : hello.cipher_suites()) {
        const std::string name = cipher_suite_name(value);
        const CipherSuite* const suite = find_cipher_suite(value);
        published = published || std::ranges::find(expected.cipher_suites, name) != expected.cipher_suites.end();
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
    if (!published) {
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

Verdict judge_compression(const ClientHelloSeen& hello) {
    const std::vector<std::uint8_t>& methods = hello.hello.compression_methods;
    if (methods.size() == 1 && methods.front() == 0) {
        return Verdict::pass("it offers no compression");
    }
    return Verdict::fail("it offers compression under TLS, which gives secrets away by their length")
        .remedy("switch TLS compression off (OpenSSL: SSL_OP_NO_COMPRESSION)");
}

}  // namespace gateproof::suites
