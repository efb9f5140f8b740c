// Published cipher suites one by one, and what a ClientHello offers.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include "harness/probe/tls/cipher_suites.hpp"
#include "harness/probe/tls/named_values.hpp"
#include "suites/client/tls/checks.hpp"
#include "suites/client/tls/judge.hpp"

namespace gateproof::suites {

namespace {

using boost::asio::awaitable;

struct Published {
    std::string_view case_name;
    std::string_view name;  ///< IANA
    Twin twin;
};

/// IA 3.1: three of TLS 1.3, and three of TLS 1.2 for certificates of elliptic curves.
constexpr std::array<Published, 6> published{
    {{"aes-256-gcm", "TLS_AES_256_GCM_SHA384", Twin::tls_1_3},
     {"aes-128-gcm", "TLS_AES_128_GCM_SHA256", Twin::tls_1_3},
     {"chacha20", "TLS_CHACHA20_POLY1305_SHA256", Twin::tls_1_3},
     {"ecdhe-aes-256-gcm", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", Twin::tls_1_2},
     {"ecdhe-aes-128-gcm", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", Twin::tls_1_2},
     {"ecdhe-chacha20", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", Twin::tls_1_2}}};

awaitable<Verdict> serve_by_suite(ClientContext& ctx) {
    stage::Scene scene = ctx.twin();
    change_of(published_suites(), ctx)(scene, ctx);
    const Attempt attempt = co_await ctx.attempt(std::move(scene));
    Verdict verdict = judge_served_by(attempt, published.at(ctx.case_index()).name, ctx.profile().tls);
    // That it offers none of them is seen whoever serves it.
    if (verdict.outcome() == Outcome::warning) {
        verdict = co_await ctx.beside_service(std::move(verdict));
    }
    co_return verdict;
}

template <class Values, class Name>
std::string listed(const Values& values, Name name) {
    std::vector<std::string> names;
    for (const auto value : values) {
        names.push_back(name(value));
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

/// Without GREASE, and without those that come and go with a session or the length of a host's name.
std::vector<std::uint16_t> lasting_extensions(const ClientHelloSeen& hello) {
    std::vector<std::uint16_t> types;
    for (const Extension& extension : hello.hello.extensions) {
        const bool passing = extension.type == static_cast<std::uint16_t>(ExtensionType::padding) ||
                             extension.type == static_cast<std::uint16_t>(ExtensionType::pre_shared_key);
        if (!is_grease(extension.type) && !passing) {
            types.push_back(extension.type);
        }
    }
    std::ranges::sort(types);
    return types;
}

void note_hello(Evidence& evidence, const ClientHelloSeen& hello) {
    const auto group = [](NamedGroup one) { return group_name(static_cast<std::uint16_t>(one)); };
    evidence.add("client_hello_seen")
        .with("versions", listed(hello.versions(), [](TlsVersion one) { return std::string(to_string(one)); }))
        .with("cipher_suites", listed(hello.cipher_suites(), cipher_suite_name))
        .with("groups", listed(hello.groups(), group))
        .with("signature_schemes", listed(hello.signature_schemes(), signature_scheme_name))
        .with("protocols", fmt::format("{}", fmt::join(hello.protocols(), ", ")))
        .with("extensions", listed(lasting_extensions(hello), extension_name))
        .with("fingerprint", hello.fingerprint());
}

awaitable<Verdict> survey(ClientContext& ctx) {
    const Attempt attempt = co_await ctx.attempt(ctx.twin());
    for (const stage::Visit& visit : attempt.visits) {
        if (visit.hello) {
            note_hello(ctx.evidence(), *visit.hello);
            co_return judge_survey(*visit.hello);
        }
    }
    co_return Verdict::inconclusive("the client never came with a ClientHello: {}", attempt.summary());
}

}  // namespace

std::vector<ShownCase> published_suites() {
    std::vector<ShownCase> cases;
    for (const Published& one : published) {
        const std::uint16_t value = find_cipher_suite(one.name)->value;
        const SceneChange change = [value](stage::Scene& scene, const ClientContext&) {
            scene.cipher_suites = {value};
        };
        cases.push_back({one.case_name, one.name, one.twin, change});
    }
    return cases;
}

ClientCheck served_by_suite() {
    return {&serve_by_suite, twins_of(published_suites())};
}

ClientCheck survey_of_hello() {
    return {&survey};
}

}  // namespace gateproof::suites
