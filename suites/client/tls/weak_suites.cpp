// Cipher suites that a client offers and must not go along with, each chosen by a first flight of TLS 1.2.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/probe/tls/cipher_suites.hpp"
#include "suites/client/tls/checks.hpp"
#include "suites/client/tls/flights.hpp"
#include "suites/client/tls/judge.hpp"

namespace gateproof::suites {

namespace {

using boost::asio::awaitable;

constexpr Refusable weak_suite{"a cipher suite without security or forward secrecy (RFC 9325 4.1)",
                               "offer the published suites alone (OpenSSL: SSL_CTX_set_cipher_list "
                               "\"ECDHE+AESGCM:ECDHE+CHACHA20\"), which are all that can be chosen then"};

bool has_gone_on(const Attempt& attempt) {
    return std::ranges::any_of(attempt.visits, [](const stage::Visit& visit) { return visit.went_on; });
}

bool offers_suite(const ClientHelloSeen& hello, std::uint16_t suite) {
    return hello.offers(TlsVersion::tls_1_2) && hello.offers_suite(suite);
}

awaitable<Verdict> refuse_weak_suites(ClientContext& ctx) {
    const SuiteKey key = ctx.twin_kind() == Twin::rsa ? SuiteKey::rsa : SuiteKey::ecdsa;
    stage::RawFlight flight;
    flight.cipher_suite = find_cipher_suite(key == SuiteKey::rsa ? "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
                                                                 : "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
                              ->value;
    const Attempt came = co_await show_flight(ctx, flight);
    if (came.reached() < stage::Reached::hello) {
        co_return judge_client_refused(came, weak_suite);
    }
    WeakSuitesShown shown;
    shown.takes_a_sound_one = has_gone_on(came);
    for (const std::uint16_t suite : weak_suites_of(came, key)) {
        flight.cipher_suite = suite;
        const Attempt attempt = co_await show_flight(ctx, flight);
        // A ClientHello that does not offer it has something else to notice: client-tls.unoffered-suite-refused.
        const Attempt met =
            concerned(attempt, [suite](const ClientHelloSeen& hello) { return offers_suite(hello, suite); });
        if (met.reached() >= stage::Reached::hello) {
            shown.suites.push_back({suite, has_gone_on(met), judge_client_refused(met, weak_suite)});
        } else if (attempt.reached() < stage::Reached::hello) {
            shown.suites.push_back({suite, false, judge_client_refused(attempt, weak_suite)});
        }
    }
    co_return judge_weak_suites(shown);
}

/// What a certificate of that key can be chosen with; suites without authentication need none.
bool goes_with(std::string_view name, SuiteKey key) {
    const auto begins = [name](std::string_view prefix) { return name.starts_with(prefix); };
    if (name.find("PSK") != std::string_view::npos) {
        return false;
    }
    return key == SuiteKey::ecdsa ? begins("TLS_ECDHE_ECDSA_") || begins("TLS_DH_anon_") || begins("TLS_ECDH_anon_")
                                  : begins("TLS_RSA_") || begins("TLS_ECDHE_RSA_") || begins("TLS_DHE_RSA_");
}

}  // namespace

std::vector<std::uint16_t> weak_suites_of(const Attempt& attempt, SuiteKey key) {
    std::vector<CipherWeakness> kinds;
    std::vector<std::uint16_t> chosen;
    for (const std::uint16_t value : suites_for_1_2(attempt)) {
        const CipherSuite* const suite = find_cipher_suite(value);
        if (suite == nullptr || suite->weakness == CipherWeakness::none || !goes_with(suite->name, key) ||
            std::ranges::find(kinds, suite->weakness) != kinds.end()) {
            continue;
        }
        kinds.push_back(suite->weakness);
        chosen.push_back(value);
    }
    return chosen;
}

Verdict judge_weak_suites(const WeakSuitesShown& shown) {
    if (shown.suites.empty()) {
        return Verdict::pass(
            "it offers a gateway of TLS 1.2 with such a certificate no weak suite, so that none can be chosen");
    }
    std::vector<std::string> broken;
    std::vector<std::string> old;
    std::vector<std::string> refused;
    const Verdict* doubt = nullptr;
    for (const WeakSuitesShown::One& one : shown.suites) {
        const CipherSuite* const suite = find_cipher_suite(one.suite);
        const std::string name = cipher_suite_name(one.suite);
        if (one.went_on) {
            (suite != nullptr && is_broken(*suite) ? broken : old).push_back(name);
        } else if (one.verdict.outcome() == Outcome::pass) {
            refused.push_back(name);
        } else if (doubt == nullptr) {
            doubt = &one.verdict;
        }
    }
    if (!broken.empty()) {
        return Verdict::fail("chosen by the gateway, it takes {} without security: {}",
                             broken.size() == 1 ? "a suite" : "suites", fmt::join(broken, ", "))
            .remedy(std::string(weak_suite.remedy));
    }
    if (doubt != nullptr) {
        return *doubt;
    }
    if (!old.empty()) {
        return Verdict::warning(
                   "chosen by the gateway, it takes {} of CBC mode, of small blocks or without forward secrecy: {}",
                   old.size() == 1 ? "a suite" : "suites", fmt::join(old, ", "))
            .remedy(std::string(weak_suite.remedy));
    }
    if (!shown.takes_a_sound_one) {
        return Verdict::skipped(
            "needs software that goes along with a sound suite of such a certificate: that it refused {} says nothing",
            fmt::join(refused, ", "));
    }
    return Verdict::pass("it refuses {}, although it offers {}", fmt::join(refused, ", "),
                         refused.size() == 1 ? "it" : "them");
}

std::vector<ShownCase> keys_of_weak_suites() {
    return {{"ecdsa", "Suites for a certificate of an elliptic curve, or for none"},
            {"rsa", "Suites for a certificate of an RSA key", Twin::rsa}};
}

ClientCheck weak_suite_refused() {
    return {&refuse_weak_suites, twins_of(keys_of_weak_suites())};
}

}  // namespace gateproof::suites
