// CLOUD-M2M: what a JWT says (IA 2.4): how long it lasts, who issued it, for whom it acts.
#include <utility>

#include "harness/run/context.hpp"
#include "suites/gateway/m2m/suite.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

constexpr std::int64_t hour = 3600;
/// How far beyond a limit a JWT is made, so that no tolerance for clocks reaches it.
constexpr std::int64_t beyond_skew = 1200;

/// One JWT that differs from a good one as `change` makes it differ.
template <class Change>
std::vector<BadToken> changed(const Machine& machine, std::string what, Change change) {
    MachineToken token = good_token(machine).value();
    change(token);
    const std::optional<std::string> text = token.text();
    return text ? std::vector<BadToken>{{std::move(what), *text}} : std::vector<BadToken>{};
}

awaitable<Verdict> over_eight_hours(Context& ctx) {
    std::vector<BadToken> tokens = changed(*ctx.profile().machine, "that lasts nine hours", [](MachineToken& token) {
        const auto issued = token.claims.at("iat").get<std::int64_t>();
        token.valid(issued, issued + longest_lifetime + hour);
    });
    std::string remedy = "refuse a JWT whose exp is more than eight hours after its iat";
    co_return co_await all_refused(ctx, std::move(tokens), std::move(remedy));
}

awaitable<Verdict> expired(Context& ctx) {
    const Machine& machine = *ctx.profile().machine;
    // Issued as long ago as the certificate allows, so that nothing but the expiry is wrong.
    const std::int64_t expires = seconds_now() - beyond_skew;
    const std::int64_t issued = std::max(expires - hour, not_before(machine.signer->leaf));
    if (issued >= expires) {
        co_return Verdict::skipped("the signing certificate is younger than {} minutes: no JWT of it can have expired",
                                   beyond_skew / 60);
    }
    std::vector<BadToken> tokens =
        changed(machine, "that expired twenty minutes ago", [=](MachineToken& token) { token.valid(issued, expires); });
    std::string remedy = "refuse a JWT once its exp has passed";
    co_return co_await all_refused(ctx, std::move(tokens), std::move(remedy));
}

awaitable<Verdict> not_yet_valid(Context& ctx) {
    const std::int64_t issued = seconds_now() + hour;
    std::vector<BadToken> tokens = changed(*ctx.profile().machine, "that is issued in an hour from now",
                                           [=](MachineToken& token) { token.valid(issued, issued + hour); });
    std::string remedy = "refuse a JWT whose iat is in the future, beyond a minute or so for clocks that differ";
    co_return co_await all_refused(ctx, std::move(tokens), std::move(remedy));
}

awaitable<Verdict> iat_before_certificate(Context& ctx) {
    const Machine& machine = *ctx.profile().machine;
    const std::int64_t issued = not_before(machine.signer->leaf) - 60;
    std::vector<BadToken> tokens = changed(machine, "issued a minute before its certificate", [=](MachineToken& token) {
        token.valid(issued, issued + longest_lifetime);
    });
    std::string remedy = "refuse a JWT whose iat lies before the notBefore of its certificate";
    co_return co_await all_refused(ctx, std::move(tokens), std::move(remedy));
}

std::string young_certificate_unmet(const Profile& profile) {
    if (std::string reason = machine_unmet(profile); !reason.empty()) {
        return reason;
    }
    const bool young = not_before(profile.machine->signer->leaf) + longest_lifetime - beyond_skew > seconds_now();
    return young ? std::string()
                 : "needs a signing certificate of less than eight hours' age, because a JWT from before an older one "
                   "has expired anyway; register a fresh one and give it as m2m.signer";
}

awaitable<Verdict> kid(Context& ctx) {
    const Machine& machine = *ctx.profile().machine;
    std::vector<BadToken> tokens;
    for (const char* const other : {"OAUTH", "m2m", "M2M/../M2M"}) {
        std::vector<BadToken> one = changed(machine, std::string("with the kid ") + other,
                                            [other](MachineToken& token) { token.header["kid"] = other; });
        tokens.insert(tokens.end(), one.begin(), one.end());
    }
    std::vector<BadToken> none =
        changed(machine, "without a kid", [](MachineToken& token) { token.header.erase("kid"); });
    tokens.insert(tokens.end(), none.begin(), none.end());
    std::string remedy = "refuse a JWT whose header kid is not exactly M2M";
    co_return co_await all_refused(ctx, std::move(tokens), std::move(remedy));
}

awaitable<Verdict> issuer_checked(Context& ctx) {
    std::vector<BadToken> tokens = changed(*ctx.profile().machine, "of another issuer", [](MachineToken& token) {
        token.claims["iss"] = "https://other-issuer.example";
    });
    std::string remedy = "refuse a JWT whose iss is not the one agreed for its certificate";
    co_return co_await all_refused(ctx, std::move(tokens), std::move(remedy));
}

awaitable<Verdict> start_logon_applies(Context& ctx) {
    const Machine& machine = *ctx.profile().machine;
    std::vector<BadToken> tokens =
        changed(machine, "in the name of a user without the delegation",
                [&machine](MachineToken& token) { token.claims["startLogon"] = machine.refused_logon; });
    std::string remedy = "apply the delegations of the user whom startLogon names, not the owner's";
    co_return co_await all_refused(ctx, std::move(tokens), std::move(remedy));
}

std::string refused_logon_unmet(const Profile& profile) {
    if (std::string reason = machine_unmet(profile); !reason.empty()) {
        return reason;
    }
    return !profile.machine->refused_logon.empty()
               ? std::string()
               : "needs a myIR user without a delegation for the operation's target; give m2m.refused_logon in the "
                 "profile";
}

}  // namespace

std::vector<Check> m2m_claim_checks() {
    Check before = m2m_check("m2m.iat-before-certificate", "A JWT from before its certificate is refused",
                             &iat_before_certificate);
    before.unmet = &young_certificate_unmet;
    Check logon =
        m2m_check("m2m.start-logon-applies", "The delegations of the user in startLogon apply", &start_logon_applies);
    logon.unmet = &refused_logon_unmet;
    logon.requirements = {"CLOUD-M2M", "DELEG-SCOPE"};
    return {
        m2m_check("m2m.exp-over-8h-refused", "A JWT that lasts longer than eight hours is refused", &over_eight_hours),
        m2m_check("m2m.expired", "An expired JWT is refused", &expired),
        m2m_check("m2m.not-yet-valid", "A JWT that is issued in the future is refused", &not_yet_valid),
        before,
        m2m_check("m2m.kid", "A JWT whose header kid is not M2M is refused", &kid),
        m2m_check("m2m.issuer-checked", "A JWT of another issuer is refused", &issuer_checked),
        logon};
}

}  // namespace gateproof::suites
