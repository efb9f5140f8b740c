// TLS-HYGIENE, what a ServerHello tells: RFC 5746, RFC 7627, RFC 8422, BCP 195.
#include <algorithm>
#include <array>
#include <initializer_list>

#include "harness/run/context.hpp"
#include "suites/gateway/tls/judge.hpp"
#include "suites/gateway/tls/suite.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

/// RFC 5746 3.6: renegotiation_info in the ServerHello. TLS 1.3 has no renegotiation.
awaitable<Verdict> secure_renegotiation(Context& ctx) {
    const TriedHello tried = co_await try_hello(ctx, ctx.offering(TlsVersion::tls_1_2));
    if (!tried.answer.server_hello) {
        co_return without_version(TlsVersion::tls_1_2, tried);
    }
    if (tried.answer.server_hello->extension(ExtensionType::renegotiation_info) != nullptr) {
        co_return Verdict::pass("the {} ServerHello carries renegotiation_info",
                                to_string(tried.answer.server_hello->version));
    }
    co_return Verdict::fail("the {} ServerHello lacks renegotiation_info (RFC 5746)",
                            to_string(tried.answer.server_hello->version))
        .remedy("update the TLS library of this listener, or take away the option that turns RFC 5746 off");
}

/// RFC 7627
awaitable<Verdict> extended_master_secret(Context& ctx) {
    const TriedHello tried = co_await try_hello(ctx, ctx.offering(TlsVersion::tls_1_2));
    if (!tried.answer.server_hello) {
        co_return without_version(TlsVersion::tls_1_2, tried);
    }
    if (tried.answer.server_hello->extension(ExtensionType::extended_master_secret) != nullptr) {
        co_return Verdict::pass("the {} ServerHello carries extended_master_secret",
                                to_string(tried.answer.server_hello->version));
    }
    co_return Verdict::warning("the {} ServerHello lacks extended_master_secret (RFC 7627)",
                               to_string(tried.answer.server_hello->version))
        .remedy("update the TLS library of this listener; OpenSSL has it since 1.1.0");
}

/// BCP 195 (RFC 9325 3.3): compression leaks secrets (CRIME).
awaitable<Verdict> compression_off(Context& ctx) {
    ClientHello hello = ctx.offering(TlsVersion::tls_1_2);
    hello.compression_methods = {1, 0};  // DEFLATE (RFC 3749) before null
    const TriedHello tried = co_await try_hello(ctx, std::move(hello));
    if (tried.tries.is_refusal()) {
        co_return Verdict::pass("an offer of compression was refused with {}", tried.tries.summary())
            .rests_on_resets(tried.tries.rests_on_resets());
    }
    if (!tried.answer.server_hello) {
        co_return nothing_follows(tried);
    }
    if (tried.answer.server_hello->compression_method == 0) {
        co_return Verdict::pass("chose no compression though DEFLATE was offered first");
    }
    co_return Verdict::fail("chose compression method {} (CRIME)", tried.answer.server_hello->compression_method)
        .remedy("turn TLS compression off. OpenSSL: SSL_OP_NO_COMPRESSION; Apache: SSLCompression off");
}

ClientHello ecdhe_only(ClientHello hello, const std::vector<std::uint16_t>& groups) {
    std::erase_if(hello.cipher_suites,
                  [](std::uint16_t value) { return !cipher_suite_name(value).starts_with("TLS_ECDHE_"); });
    std::vector<NamedGroup> list;
    std::ranges::transform(groups, std::back_inserter(list), [](std::uint16_t group) { return NamedGroup{group}; });
    hello.set_groups(list);
    return hello;
}

struct Groups {
    std::vector<std::uint16_t> accepted;
    std::optional<Verdict> broken;  ///< why the enumeration could not be finished
    bool rests_on_resets = false;   ///< it ended with resets, each time
    bool silent = false;            ///< it ended without an answer

    /// No group was chosen: this is the end, or none that anything follows from.
    void end(const TriedHello& tried) {
        rests_on_resets = tried.tries.rests_on_resets();
        silent = tried.tries.result() == Tries::Result::nothing;
        if (!tried.tries.served() && !tried.tries.is_refusal()) {
            broken = nothing_follows(tried);
        }
    }
};

/// Offers `groups` in TLS 1.3 without a key share, so that the server must name its choice (HelloRetryRequest), and
/// takes that choice away until nothing is left. Costs the server no signature.
awaitable<Groups> groups_of_tls_1_3(Context& ctx, std::vector<std::uint16_t> groups) {
    Groups found;
    while (!groups.empty()) {
        std::vector<NamedGroup> list;
        std::ranges::transform(groups, std::back_inserter(list), [](std::uint16_t group) { return NamedGroup{group}; });
        ClientHello hello = ctx.offering(TlsVersion::tls_1_3);
        hello.set_groups(list).set_key_shares({});
        const TriedHello tried = co_await try_hello(ctx, std::move(hello), ServerAnswerParser::Until::server_hello,
                                                    Tries(Tries::Ask::twice));
        const std::optional<NamedGroup> group =
            tried.answer.server_hello ? tried.answer.server_hello->key_share_group() : std::nullopt;
        if (!group) {
            found.end(tried);
            break;
        }
        const auto chosen = static_cast<std::uint16_t>(*group);
        if (std::erase(groups, chosen) == 0) {
            break;
        }
        found.accepted.push_back(chosen);
    }
    co_return found;
}

/// The groups that the server chooses in TLS 1.2 when `odd` come first and `usual` stand behind them, until it has
/// chosen one that every client can do. The usual ones must be there: a server with an ECDSA certificate serves only
/// clients that know the certificate's own curve.
awaitable<Groups> groups_of_tls_1_2(Context& ctx, std::vector<std::uint16_t> odd, std::vector<std::uint16_t> usual) {
    Groups found;
    for (;;) {
        std::vector<std::uint16_t> groups = odd;
        groups.insert(groups.end(), usual.begin(), usual.end());
        if (groups.empty()) {
            break;
        }
        ClientHello hello = ecdhe_only(ctx.offering(TlsVersion::tls_1_2), groups);
        const TriedHello tried = co_await try_hello(ctx, std::move(hello), ServerAnswerParser::Until::server_hello_done,
                                                    Tries(Tries::Ask::twice));
        if (!tried.answer.key_exchange_group) {
            found.end(tried);
            break;
        }
        const auto chosen = static_cast<std::uint16_t>(*tried.answer.key_exchange_group);
        found.accepted.push_back(chosen);
        const bool offered = std::erase(odd, chosen) + std::erase(usual, chosen) > 0;
        if (!offered || group_is_usual(chosen)) {
            break;
        }
    }
    co_return found;
}

void add_new(std::vector<std::uint16_t>& all, const std::vector<std::uint16_t>& more) {
    for (const std::uint16_t group : more) {
        if (std::find(all.begin(), all.end(), group) == all.end()) {
            all.push_back(group);
        }
    }
}

/// RFC 8422 5.1.1, BCP 195 (RFC 9325 4.2): modern groups, none of the withdrawn ones.
awaitable<Verdict> ec_groups(Context& ctx) {
    const std::vector<std::uint16_t> usual = {29, 23, 24, 25, 30};
    const std::vector<std::uint16_t> odd(odd_groups().begin(), odd_groups().end());
    std::vector<std::uint16_t> modern;
    std::ranges::transform(offerable_groups(TlsVersion::tls_1_3), std::back_inserter(modern),
                           [](NamedGroup group) { return static_cast<std::uint16_t>(group); });
    const Groups newer = co_await groups_of_tls_1_3(ctx, modern);
    const Groups beside = co_await groups_of_tls_1_2(ctx, odd, usual);
    Groups alone;
    if (!newer.silent || !beside.silent) {
        const std::vector<std::uint16_t> misplaced(groups_of_tls_1_3_alone().begin(), groups_of_tls_1_3_alone().end());
        const Groups chosen = co_await groups_of_tls_1_2(ctx, misplaced, {});
        if (!chosen.accepted.empty() && std::ranges::find(misplaced, chosen.accepted.front()) != misplaced.end()) {
            co_return judge_misplaced_group(chosen.accepted.front());
        }
        alone = co_await groups_of_tls_1_2(ctx, odd, {});
    }
    std::vector<std::uint16_t> accepted;
    std::optional<Verdict> broken;
    bool rests_on_resets = false;
    for (const Groups* groups : std::initializer_list<const Groups*>{&newer, &beside, &alone}) {
        add_new(accepted, groups->accepted);
        broken = broken ? broken : groups->broken;
        rests_on_resets = rests_on_resets || groups->rests_on_resets;
    }
    std::vector<std::string> names;
    std::ranges::transform(accepted, std::back_inserter(names), group_name);
    ctx.evidence().add("groups").with("accepted", join(names)).with("count", accepted.size());
    // A weak group that was found stands, however the enumeration ended.
    const bool weak = std::ranges::any_of(accepted, group_is_weak);
    if (broken && !weak) {
        co_return *broken;
    }
    if (accepted.empty()) {
        co_return Verdict::skipped("no key exchange over an elliptic curve was accepted")
            .rests_on_resets(rests_on_resets);
    }
    co_return judge_groups(accepted).rests_on_resets(rests_on_resets && !weak);
}

}  // namespace

std::vector<Check> tls_hygiene_checks() {
    return checks({.requirements = {decides("TLS-HYGIENE")}, .judges_hellos_alone = true},
                  {{.id = "tls.secure-renegotiation",
                    .title = "Secure renegotiation must be announced",
                    .run = secure_renegotiation,
                    .control = Control::before},
                   {.id = "tls.extended-master-secret",
                    .title = "The extended master secret must be used",
                    .run = extended_master_secret,
                    .control = Control::before},
                   {.id = "tls.compression-off", .title = "TLS compression must be off", .run = compression_off},
                   {.id = "tls.ec-groups", .title = "Key exchange groups must be modern", .run = ec_groups}});
}

}  // namespace gateproof::suites
