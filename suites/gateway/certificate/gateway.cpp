// What the gateway asks for when it asks for a certificate, and which chain it needs.
#include <fmt/format.h>

#include <algorithm>
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

awaitable<Verdict> intermediates(Context& ctx) {
    const std::shared_ptr<const Identity> enrolled = ctx.identity("enrolled");
    const std::vector<Certificate> issuer = issuers_among(known_issuers(ctx.profile()), enrolled->leaf);
    const bool by_root = is_self_signed(enrolled->leaf) || (!issuer.empty() && is_self_signed(issuer.front()));
    ChainTrials trials;
    trials.leaf_alone = enrolled->chain.empty() && !by_root;
    trials.issuer = enrolled->leaf.issuer();
    trials.as_given = co_await try_for_service(ctx, enrolled);
    std::shared_ptr<const Identity> other;
    if (!enrolled->chain.empty()) {
        other = with_chain(*enrolled, {});
    } else if (trials.leaf_alone && !issuer.empty()) {
        other = with_chain(*enrolled, {issuer.front()});
    }
    if (other) {
        trials.otherwise = co_await try_for_service(ctx, std::move(other));
    }
    co_return judge_intermediates(trials, ctx.profile().control_operation());
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

Verdict judge_intermediates(const ChainTrials& trials, const Operation& operation) {
    const std::string request = request_line(operation);
    const Tries& given = trials.as_given.tries;
    const Tries* const other = trials.otherwise ? &trials.otherwise->tries : nullptr;
    constexpr std::string_view remedy =
        "put the CA's intermediate certificates behind the leaf in the file, in order; the CA offers them for download";
    if (trials.as_given.outcome.served(operation)) {
        if (trials.leaf_alone) {
            return Verdict::pass("{} was served though the file holds the leaf alone: this gateway has {} itself",
                                 request, trials.issuer);
        }
        if (other == nullptr) {
            return Verdict::pass("{} was served, and the certificate needs no intermediate", request);
        }
        if (trials.otherwise->outcome.served(operation)) {
            return Verdict::pass("{} was served with the intermediates of the file, and without them too", request);
        }
        return Verdict::pass("{} was served with the intermediates of the file; without them: {}", request,
                             other->summary());
    }
    if (trials.leaf_alone && other != nullptr && trials.otherwise->outcome.served(operation)) {
        return Verdict::fail(
                   "the gateway needs the intermediate certificate {}, and the file of the enrolled certificate holds "
                   "the leaf alone: {} was served with both, and not with the leaf ({})",
                   trials.issuer, request, given.summary())
            .remedy(std::string(remedy));
    }
    const int status = trials.as_given.outcome.response ? trials.as_given.outcome.response->status : 0;
    const bool of_the_caller = status == 401 || status == 403;  // verified, and not let in
    if (trials.leaf_alone && other == nullptr && given.is_refusal() && !given.rests_on_resets() && !of_the_caller) {
        return Verdict::fail(
                   "{} was refused ({}), and the file of the enrolled certificate holds the leaf alone: a gateway that "
                   "has not got {} itself cannot verify it",
                   request, given.summary(), trials.issuer)
            .remedy(std::string(remedy));
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
