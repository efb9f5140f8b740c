// What the gateway asks for when it asks for a certificate, and which chain it needs.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/run/context.hpp"
#include "harness/text/ascii.hpp"
#include "suites/gateway/certificate/suite.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/fitness.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

/// Who issued the leaf, and each certificate above it that is sent.
std::vector<std::string> issuers_of(const Identity& identity) {
    std::vector<std::string> issuers{identity.leaf.issuer()};
    for (const Certificate& certificate : identity.chain) {
        issuers.push_back(certificate.issuer());
    }
    return issuers;
}

awaitable<Verdict> issuer_asked_for(Context& ctx) {
    std::vector<std::string> acceptable;
    const std::vector<AskedOutcome> outcomes = co_await ask_for_certificate(ctx, acceptable);
    for (const std::string& name : acceptable) {
        ctx.evidence().add("acceptable_ca").with("subject", name);
    }
    co_return judge_issuer_asked_for(outcomes, acceptable, issuers_of(*ctx.identity("enrolled")));
}

std::shared_ptr<const Identity> with_chain(const Identity& identity, std::vector<Certificate> chain) {
    return std::make_shared<const Identity>(Identity{identity.role, identity.leaf, std::move(chain), identity.key});
}

/// The leaf alone as often as refusals are counted, between tries of the leaf with its issuer: what refuses now and
/// then refuses both. Not in turn, or a balancer before two nodes would send each of them to a node of its own.
awaitable<void> try_leaf_beside_chain(Context& ctx, std::shared_ptr<const Identity> leaf,
                                      std::shared_ptr<const Identity> with_issuer, ChainTrials& trials) {
    const Operation& operation = ctx.profile().control_operation();
    HttpRequest request = ctx.request_of(operation);
    HttpRequest beside = request;
    request.identity = std::move(leaf);
    beside.identity = std::move(with_issuer);
    trials.as_given = TriedRequest{{}, Tries(Tries::Ask::counted)};
    Tries& alone = trials.as_given.tries;
    TriedRequest& whole = trials.otherwise.emplace(TriedRequest{{}, Tries(Tries::Ask::counted)});
    const auto repeat = static_cast<std::size_t>(ctx.profile().limits.repeat);
    const auto ask_beside = [&] { return ctx.http(beside); };
    HttpOutcome served = co_await until_answered(ask_beside, ended_by_cut);
    whole.add(std::move(served), operation);
    while (whole.tries.last_was_served() && !alone.decided(repeat)) {
        HttpOutcome outcome = co_await ctx.http(request);
        trials.as_given.add_beside_service(std::move(outcome), operation, &whole.outcome);
        if (alone.count() % 2 == 0 || alone.decided(repeat)) {
            served = co_await until_answered(ask_beside, ended_by_cut);
            whole.add(std::move(served), operation);
        }
    }
    note_tries(ctx, alone);
    note_tries(ctx, whole.tries);
}

awaitable<Verdict> intermediates(Context& ctx) {
    const std::shared_ptr<const Identity> enrolled = ctx.identity("enrolled");
    const std::vector<Certificate> issuer = issuers_among(known_issuers(ctx.profile()), enrolled->leaf);
    const bool by_root = is_self_signed(enrolled->leaf) || (!issuer.empty() && is_self_signed(issuer.front()));
    ChainTrials trials;
    trials.leaf_alone = enrolled->chain.empty() && !by_root;
    trials.issuer = enrolled->leaf.issuer();
    if (trials.leaf_alone && !issuer.empty()) {
        std::shared_ptr<const Identity> whole = with_chain(*enrolled, {issuer.front()});
        co_await try_leaf_beside_chain(ctx, enrolled, std::move(whole), trials);
    }
    if (trials.as_given.tries.count() == 0) {
        trials.as_given = co_await try_for_service(ctx, enrolled);
    }
    const Operation& operation = ctx.profile().control_operation();
    if (!enrolled->chain.empty() && trials.as_given.outcome.served(operation)) {
        std::shared_ptr<const Identity> bare = with_chain(*enrolled, {});
        trials.otherwise =
            co_await try_as(ctx, operation, std::move(bare), &trials.as_given.outcome, Tries::Ask::counted);
    } else if (!enrolled->chain.empty()) {
        std::shared_ptr<const Identity> bare = with_chain(*enrolled, {});
        trials.otherwise = co_await try_for_service(ctx, std::move(bare));
    }
    co_return judge_intermediates(trials, operation);
}

}  // namespace

Verdict judge_issuer_asked_for(const std::vector<AskedOutcome>& outcomes, const std::vector<std::string>& acceptable,
                               const std::vector<std::string>& issuers) {
    if (std::ranges::none_of(outcomes, &AskedOutcome::served)) {
        return Verdict::inconclusive("no handshake got far enough: {}",
                                     outcomes.empty() ? "none was tried" : outcomes.front().summary);
    }
    if (std::ranges::none_of(outcomes, &AskedOutcome::asked)) {
        return Verdict::fail("the gateway asks for no client certificate, so that no client sends the enrolled one")
            .remedy("let this listener send a CertificateRequest in every handshake");
    }
    if (acceptable.empty()) {
        return Verdict::pass("the gateway asks for a certificate of any authority, so that every client sends its own");
    }
    for (const std::string& issuer : issuers) {
        const bool named =
            std::ranges::any_of(acceptable, [&](const std::string& name) { return same_ignoring_case(name, issuer); });
        if (named) {
            return Verdict::pass("among the {} authorities that the gateway asks for is {}", acceptable.size(), issuer);
        }
    }
    if (acceptable.size() >= TlsSession::most_acceptable_cas) {
        return Verdict::inconclusive("none of the first {} authorities that the gateway asks for is {}",
                                     acceptable.size(), issuers.front());
    }
    return Verdict::warning(
               "the gateway asks for certificates of {} authorities, and neither {} nor whoever stands above it in the "
               "file is one of them: Java, .NET and browsers send no certificate then, while OpenSSL, and with it this "
               "program, sends it all the same",
               acceptable.size(), issuers.front())
        .remedy(
            "put the intermediate certificates into the file up to an authority that is asked for; where there is none, "
            "have the gateway ask for this authority or for any, or have your client choose its certificate by itself "
            "instead of by the gateway's list");
}

namespace {

constexpr std::string_view intermediates_remedy =
    "put the CA's intermediate certificates behind the leaf in the file, in order; the CA offers them for download";

/// The leaf alone, each try beside one with its issuer; empty: the latter was not served every time, which says
/// nothing.
std::optional<Verdict> judge_leaf_beside_chain(const ChainTrials& trials, const std::string& request) {
    const Tries& alone = trials.as_given.tries;
    const Tries& whole = trials.otherwise->tries;
    if (alone.served_count() == alone.count()) {
        return Verdict::pass("{} was served though the file holds the leaf alone ({}): this gateway has {} itself",
                             request, alone.summary(), trials.issuer);
    }
    if (whole.served_count() < whole.count()) {
        return std::nullopt;
    }
    if (alone.served()) {
        return Verdict::warning(
                   "{} was served in {} tries with the leaf alone, which is what the file holds, and in {} with the "
                   "intermediate certificate {} beside it: of the nodes behind this address some lack it ({})",
                   request, alone.share_served(), whole.share_served(), trials.issuer, alone.summary())
            .found({fmt::format("some nodes lack {}, and so does the file", trials.issuer)})
            .remedy(std::string(intermediates_remedy));
    }
    if (!alone.is_refusal()) {
        return std::nullopt;
    }
    return Verdict::fail(
               "the gateway needs the intermediate certificate {}, and the file of the enrolled certificate holds the "
               "leaf alone: {} was served in {} tries with both, and in none with the leaf ({})",
               trials.issuer, request, whole.share_served(), alone.summary())
        .found({fmt::format("the gateway needs {}, which the file lacks: {}", trials.issuer, alone.told())})
        .remedy(std::string(intermediates_remedy));
}

/// How it went without the intermediates of a file that has them.
std::string without_them(const Tries& tries) {
    if (tries.served_count() == tries.count()) {
        return ", and without them too";
    }
    return fmt::format("; without them: {}", tries.summary());
}

}  // namespace

Verdict judge_intermediates(const ChainTrials& trials, const Operation& operation) {
    const std::string request = request_line(operation);
    const Tries& given = trials.as_given.tries;
    const Tries* const other = trials.otherwise ? &trials.otherwise->tries : nullptr;
    if (trials.leaf_alone && other != nullptr) {
        if (std::optional<Verdict> verdict = judge_leaf_beside_chain(trials, request)) {
            return std::move(*verdict);
        }
    } else if (trials.as_given.outcome.served(operation)) {
        if (trials.leaf_alone) {
            return Verdict::pass("{} was served though the file holds the leaf alone: this gateway has {} itself",
                                 request, trials.issuer);
        }
        return other == nullptr
                   ? Verdict::pass("{} was served, and the certificate needs no intermediate", request)
                   : Verdict::pass("{} was served with the intermediates of the file{}", request, without_them(*other));
    }
    const int status = trials.as_given.outcome.response ? trials.as_given.outcome.response->status : 0;
    const bool of_the_caller = status == 401 || status == 403;  // verified, and not let in
    if (trials.leaf_alone && other == nullptr && given.is_refusal() && !given.rests_on_resets() && !of_the_caller) {
        return Verdict::fail(
                   "{} was refused ({}), and the file of the enrolled certificate holds the leaf alone: a gateway that "
                   "has not got {} itself cannot verify it",
                   request, given.summary(), trials.issuer)
            .found({fmt::format("refused, and the file lacks {}: {}", trials.issuer, given.told())})
            .remedy(std::string(intermediates_remedy));
    }
    const std::string further = other != nullptr ? fmt::format("; with another chain: {}", other->summary())
                                : trials.leaf_alone
                                    ? fmt::format("; the file lacks {}, which may be why", trials.issuer)
                                    : "";
    return Verdict::inconclusive("{} with the enrolled certificate as the file has it: {}{}", request, given.summary(),
                                 further);
}

std::vector<Check> certificate_gateway_checks() {
    return checks({.control = Control::none,
                   .channels = {Channel::cloud},
                   .environments = mtls_environments(),
                   .needs = {enrolled_identity()}},
                  {{.id = "certificate.issuer-asked-for",
                    .title = "The gateway must ask for certificates of the enrolled one's authority",
                    .requirements = {decides("CERT-ASKED-FOR")},
                    .run = issuer_asked_for},
                   {.id = "certificate.intermediates",
                    .title = "The file must hold the intermediate certificates that the gateway needs",
                    .requirements = {adds("CERT-FIT")},
                    .run = intermediates,
                    .sends = control_sent}});
}

}  // namespace gateproof::suites
