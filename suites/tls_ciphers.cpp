// TLS-CIPHERS: only the published AEAD suites with ephemeral keys (IA 3.1). Every suite that the server accepts is
// found by offering all, taking away the one it chose, and offering the rest again until it refuses.
#include <algorithm>
#include <optional>

#include "harness/run/context.hpp"
#include "suites/tls.hpp"
#include "suites/tls_judge.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

struct Enumeration {
    std::vector<std::uint16_t> accepted;  ///< in the order the server chose them
    std::optional<Verdict> broken;        ///< why it could not be finished
};

/// The suites of `offer` that the server accepts in `version`: as many connections as there are, and one.
awaitable<Enumeration> enumerate(Context& ctx, TlsVersion version, std::vector<std::uint16_t> offer) {
    Enumeration found;
    while (!offer.empty()) {
        ClientHello hello = ctx.offering(version);
        hello.cipher_suites = offer;
        const ServerAnswer answer = co_await ctx.client_hello(hello);
        if (answer.is_refusal()) {
            break;
        }
        if (!answer.server_hello) {
            found.broken = nothing_follows(answer);
            break;
        }
        if (answer.server_hello->version != version) {
            break;  // another version is another check's matter
        }
        const std::uint16_t chosen = answer.server_hello->cipher_suite;
        if (std::erase(offer, chosen) == 0) {
            found.broken = Verdict::fail("chose {}, which was not offered", cipher_suite_name(chosen))
                               .remedy("The TLS implementation of this listener breaks the protocol; update it.");
            break;
        }
        found.accepted.push_back(chosen);
    }
    co_return found;
}

/// Whose order of preference the enumeration shows: offered backwards, a server with an order of its own chooses alike.
awaitable<std::string> preference(Context& ctx, TlsVersion version, std::vector<std::uint16_t> accepted) {
    if (accepted.size() < 2) {
        co_return "single";
    }
    const std::uint16_t first = accepted.front();
    std::reverse(accepted.begin(), accepted.end());
    ClientHello hello = ctx.offering(version);
    hello.cipher_suites = std::move(accepted);
    const ServerAnswer answer = co_await ctx.client_hello(hello);
    if (!answer.server_hello) {
        co_return "unknown";
    }
    co_return answer.server_hello->cipher_suite == first ? "server" : "client";
}

std::vector<std::string> allowed_suites(const Profile& profile) {
    return profile.tls.cipher_suites.empty() ? published_cipher_suites() : profile.tls.cipher_suites;
}

void record(Context& ctx, TlsVersion version, const std::vector<std::uint16_t>& accepted, std::string_view order) {
    std::vector<std::string> names;
    for (const std::uint16_t value : accepted) {
        names.push_back(cipher_suite_name(value));
    }
    ctx.evidence()
        .add("cipher_suites")
        .with("version", to_string(version))
        .with("accepted", join(names))
        .with("count", accepted.size())
        .with("preference", order);
}

awaitable<Verdict> judge_version(Context& ctx, TlsVersion version, std::vector<std::vector<std::uint16_t>> offers) {
    std::vector<std::uint16_t> accepted;
    std::optional<Verdict> broken;
    for (std::vector<std::uint16_t>& offer : offers) {
        Enumeration found = co_await enumerate(ctx, version, offer);
        accepted.insert(accepted.end(), found.accepted.begin(), found.accepted.end());
        if (found.broken) {
            broken = std::move(found.broken);
            break;
        }
    }
    std::string order = "unknown";
    if (!broken) {
        order = co_await preference(ctx, version, accepted);
    }
    record(ctx, version, accepted, order);
    const std::vector<std::string> allowed = allowed_suites(ctx.profile());
    // What was found stands even if the enumeration broke off; that nothing more is there does not follow then.
    if (broken && sort_suites(accepted, allowed).weak.empty()) {
        co_return std::move(*broken);
    }
    if (accepted.empty()) {
        co_return Verdict::skipped("{} is not served: no suite was accepted", to_string(version));
    }
    co_return judge_suites(version, accepted, allowed);
}

awaitable<Verdict> cipher_allow_list(Context& ctx) {
    return judge_version(ctx, TlsVersion::tls_1_2, tls12_offers());
}

awaitable<Verdict> tls_1_3_suites(Context& ctx) {
    return judge_version(ctx, TlsVersion::tls_1_3, {tls13_offer()});
}

}  // namespace

std::vector<Check> tls_cipher_checks() {
    return {
        {.id = "tls.cipher-allow-list",
         .title = "TLS 1.2 accepts the published cipher suites alone",
         .requirements = {"TLS-CIPHERS"},
         .run = cipher_allow_list,
         .judges_hellos_alone = true},
        {.id = "tls.1.3-suites",
         .title = "TLS 1.3 accepts the published cipher suites alone",
         .requirements = {"TLS-CIPHERS"},
         .run = tls_1_3_suites,
         .judges_hellos_alone = true},
    };
}

}  // namespace gateproof::suites
