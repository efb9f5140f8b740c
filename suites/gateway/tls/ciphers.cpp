// TLS-CIPHERS: only the published AEAD suites with ephemeral keys (IA 3.1). Every suite that the server accepts is
// found by offering all, taking away the one it chose, and offering the rest again until it refuses: twice, and in
// parts.
#include <algorithm>
#include <optional>

#include "harness/run/context.hpp"
#include "suites/gateway/tls/judge.hpp"
#include "suites/gateway/tls/suite.hpp"
#include "suites/gateway/tls/suite_search.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

struct Enumeration {
    std::vector<std::uint16_t> accepted;  ///< in the order the server chose them
    std::optional<Verdict> broken;        ///< why it could not be finished
    bool rests_on_resets = false;         ///< it ended with resets, each time
    bool ended = false;                   ///< before everything was offered
};

/// Offers `offer` until the answers decide. The end of an enumeration has to be confirmed, and the second offer is the
/// other way round: a server may refuse the whole list for the one suite that it comes to first.
awaitable<TriedHello> try_suites(Context& ctx, TlsVersion version, std::vector<std::uint16_t> offer, Tries::Ask ask) {
    TriedHello tried{{}, Tries(ask)};
    while (co_await asks_on(ctx, tried.tries)) {
        ClientHello hello = ctx.offering(version);
        hello.cipher_suites = offer;
        ServerAnswer answer = co_await ctx.client_hello(std::move(hello));
        tried.add(std::move(answer));
        std::ranges::reverse(offer);
    }
    note_tries(ctx, tried.tries);
    co_return tried;
}

/// The words in which this server refuses an offer of which it can know nothing (a value of RFC 8701); empty: it does
/// not refuse it.
awaitable<std::string> refusal_of_nothing(Context& ctx, TlsVersion version) {
    std::vector<std::uint16_t> nothing(1, 0x0a0a);
    const TriedHello tried = co_await try_suites(ctx, version, std::move(nothing), Tries::Ask::until_told);
    co_return tried.tries.is_refusal() ? tried.tries.refusals() : std::string();
}

/// RFC 5246 7.2.2, RFC 8446 6.2: what a server says that has none of the suites.
bool says_no_common_suite(const TriedHello& tried) {
    constexpr std::uint8_t handshake_failure = 40;
    constexpr std::uint8_t insufficient_security = 71;
    const std::optional<Alert>& alert = tried.answer.alert;
    return alert && (alert->description == handshake_failure || alert->description == insufficient_security);
}

/// What a ServerHello adds to the search.
void take_choice(Enumeration& found, SuiteSearch& search, TlsVersion version, const ServerHello& hello) {
    if (hello.version != version) {
        // Another version is another check's matter, unless this one was negotiated before.
        if (!found.accepted.empty()) {
            found.broken = Verdict::inconclusive(
                "{} was negotiated, and then {} when it was offered again: nothing follows from "
                "what is refused",
                to_string(version), to_string(hello.version));
        }
        found.ended = true;
    } else if (!search.chosen(hello.cipher_suite)) {
        found.broken = Verdict::fail("chose {}, which was not offered", cipher_suite_name(hello.cipher_suite))
                           .remedy("update the TLS implementation of this listener, which breaks the protocol");
        found.ended = true;
    } else {
        found.accepted.push_back(hello.cipher_suite);
    }
}

/// The suites of `offer` that the server accepts in `version`: as many connections as there are, two for the end, and
/// one for each part that the rest is offered in again.
awaitable<Enumeration> enumerate(Context& ctx, TlsVersion version, std::vector<std::uint16_t> offer) {
    Enumeration found;
    SuiteSearch search(std::move(offer));
    std::optional<std::string> unknown;  // how this server refuses what it cannot know
    while (!search.over() && !found.ended) {
        const Tries::Ask ask = search.is_whole() ? Tries::Ask::twice : Tries::Ask::until_told;
        const TriedHello tried = co_await try_suites(ctx, version, search.next(), ask);
        if (tried.tries.is_refusal()) {
            found.rests_on_resets = found.rests_on_resets || tried.tries.rests_on_resets();
            bool ordinary = says_no_common_suite(tried);
            if (!ordinary && !search.is_whole()) {
                if (!unknown) {
                    unknown = co_await refusal_of_nothing(ctx, version);
                }
                ordinary = *unknown == tried.tries.refusals();
            }
            search.refused(ordinary);
        } else if (tried.answer.server_hello) {
            take_choice(found, search, version, *tried.answer.server_hello);
        } else {
            found.broken = nothing_follows(tried);
            found.ended = true;
        }
    }
    co_return found;
}

/// Whose order of preference the enumeration shows: offered backwards, a server with an order of its own chooses alike.
/// It shows as well that what was accepted before is so still, or else no refusal in between would mean anything.
struct Preference {
    std::string whose = "unknown";
    std::optional<Verdict> broken;  ///< why nothing can be concluded from the enumeration
};
awaitable<Preference> preference(Context& ctx, TlsVersion version, std::vector<std::uint16_t> accepted) {
    Preference found;
    if (accepted.empty()) {
        co_return found;
    }
    const std::uint16_t first = accepted.front();
    const bool single = accepted.size() == 1;
    std::reverse(accepted.begin(), accepted.end());
    ClientHello hello = ctx.offering(version);
    hello.cipher_suites = std::move(accepted);
    const TriedHello tried = co_await try_hello(ctx, std::move(hello));
    if (tried.answer.server_hello) {
        found.whose = single ? "single" : tried.answer.server_hello->cipher_suite == first ? "server" : "client";
    } else {
        found.broken =
            Verdict::inconclusive("suites that were accepted in {} are not any more, so no refusal tells anything: {}",
                                  to_string(version), tried.tries.summary())
                .remedy(
                    "see whether the endpoint, or a device in front of it, turns connections away under load (lower "
                    "limits.connections_per_second), or whether its nodes differ; then run again");
    }
    co_return found;
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
    bool rests_on_resets = false;
    for (std::vector<std::uint16_t>& offer : offers) {
        Enumeration found = co_await enumerate(ctx, version, offer);
        accepted.insert(accepted.end(), found.accepted.begin(), found.accepted.end());
        rests_on_resets = rests_on_resets || found.rests_on_resets;
        if (found.broken) {
            broken = std::move(found.broken);
            break;
        }
    }
    Preference order;
    if (!broken) {
        order = co_await preference(ctx, version, accepted);
        broken = std::move(order.broken);
    }
    record(ctx, version, accepted, order.whose);
    const std::vector<std::string> allowed = allowed_suites(ctx.profile());
    // What was found stands even if the enumeration broke off; that nothing more is there does not follow then.
    const bool weak = !sort_suites(accepted, allowed).weak.empty();
    if (broken && !weak) {
        co_return std::move(*broken);
    }
    if (accepted.empty()) {
        co_return Verdict::skipped("{} is not served: no suite was accepted", to_string(version))
            .rests_on_resets(rests_on_resets);
    }
    co_return judge_suites(version, accepted, allowed).rests_on_resets(rests_on_resets && !weak);
}

awaitable<Verdict> cipher_allow_list(Context& ctx) {
    return judge_version(ctx, TlsVersion::tls_1_2, tls12_offers());
}

awaitable<Verdict> tls_1_3_suites(Context& ctx) {
    return judge_version(ctx, TlsVersion::tls_1_3, {tls13_offer()});
}

}  // namespace

std::vector<Check> tls_cipher_checks() {
    return checks({.requirements = {decides("TLS-CIPHERS")}, .judges_hellos_alone = true},
                  {{.id = "tls.cipher-allow-list",
                    .title = "TLS 1.2 must accept no weak cipher suite, and should accept the published ones alone",
                    .run = cipher_allow_list},
                   {.id = "tls.1.3-suites",
                    .title = "TLS 1.3 must accept no weak cipher suite, and should accept the published ones alone",
                    .run = tls_1_3_suites}});
}

}  // namespace gateproof::suites
