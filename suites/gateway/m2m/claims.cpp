// CLOUD-M2M: what a JWT says (IA 2.4): how long it lasts, who issued it, for whom it acts.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "harness/profile/profile.hpp"
#include "suites/gateway/m2m/needs.hpp"
#include "suites/gateway/m2m/suite.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

constexpr std::int64_t hour = 3600;
/// How far beyond a limit a JWT is made, so that no tolerance for clocks reaches it.
constexpr std::int64_t beyond_skew = 1200;

/// One JWT that differs from a good one as `change` makes it differ.
template <class Change>
BadTokens changed(const Machine& machine, const TimeSpan& now, std::string what, Change change) {
    BadTokens bad;
    MachineToken token = good_token(machine, now).value();
    change(token);
    if (std::optional<std::string> text = token.text()) {
        bad.tokens.push_back({std::move(what), std::move(*text)});
    }
    return bad;
}

BadTokens lasting_nine_hours(const Machine& machine, const TimeSpan& now) {
    return changed(machine, now, "that lasts nine hours", [](MachineToken& token) {
        const auto issued = token.claims.at("iat").get<std::int64_t>();
        token.valid(issued, issued + longest_lifetime + hour);
    });
}

BadTokens expired(const Machine& machine, const TimeSpan& now) {
    // Issued as long ago as the certificate allows, so that nothing but the expiry is wrong.
    const std::int64_t expires = seconds_of(now.earliest) - beyond_skew;
    const std::int64_t issued = std::max(expires - hour, not_before(machine.signer->leaf));
    if (issued >= expires) {
        return {
            {},
            fmt::format("by one clock at least the signing certificate is younger than {} minutes: no JWT of it can "
                        "have expired",
                        beyond_skew / 60)};
    }
    return changed(machine, now, "that expired twenty minutes ago",
                   [=](MachineToken& token) { token.valid(issued, expires); });
}

BadTokens not_yet_valid(const Machine& machine, const TimeSpan& now) {
    const std::int64_t issued = seconds_of(now.latest) + hour;
    return changed(machine, now, "that is issued in an hour from now",
                   [=](MachineToken& token) { token.valid(issued, issued + hour); });
}

BadTokens before_its_certificate(const Machine& machine, const TimeSpan& now) {
    const std::int64_t issued = not_before(machine.signer->leaf) - 60;
    if (issued + longest_lifetime <= seconds_of(now.latest)) {
        return {{},
                "by the endpoint's clock the signing certificate is older than eight hours: a JWT from before it has "
                "expired anyway"};
    }
    return changed(machine, now, "issued a minute before its certificate",
                   [=](MachineToken& token) { token.valid(issued, issued + longest_lifetime); });
}

Need young_signing_certificate() {
    return need("young signing certificate",
                "needs a signing certificate of less than eight hours' age, because a JWT from before an older one has "
                "expired anyway; register a fresh one and give it as m2m.signer",
                [](const Profile& profile) {
                    return profile.machine &&
                           not_before(profile.machine->signer->leaf) + longest_lifetime - beyond_skew >
                               seconds_of(std::chrono::system_clock::now());
                });
}

BadTokens other_kids(const Machine& machine, const TimeSpan& now) {
    BadTokens bad;
    const auto take = [&bad](BadTokens more) { std::ranges::move(more.tokens, std::back_inserter(bad.tokens)); };
    for (const char* const other : {"OAUTH", "m2m", "M2M/../M2M"}) {
        take(changed(machine, now, std::string("with the kid ") + other,
                     [other](MachineToken& token) { token.header["kid"] = other; }));
    }
    take(changed(machine, now, "without a kid", [](MachineToken& token) { token.header.erase("kid"); }));
    return bad;
}

BadTokens other_issuer(const Machine& machine, const TimeSpan& now) {
    return changed(machine, now, "of another issuer",
                   [](MachineToken& token) { token.claims["iss"] = "https://other-issuer.example"; });
}

BadTokens other_start_logon(const Machine& machine, const TimeSpan& now) {
    return changed(machine, now, "in the name of a user without the delegation",
                   [&machine](MachineToken& token) { token.claims["startLogon"] = machine.refused_logon; });
}

}  // namespace

std::vector<Check> m2m_claim_checks() {
    CheckFamily family = m2m_family();
    family.mock_lacks = no_checks_of_machine_tokens;
    return checks(
        family,
        {{.id = "m2m.exp-over-8h-refused",
          .title = "A JWT that lasts longer than eight hours must be refused",
          .run = refused(lasting_nine_hours, "refuse a JWT whose exp is more than eight hours after its iat")},
         {.id = "m2m.expired",
          .title = "An expired JWT must be refused",
          .run = refused(expired, "refuse a JWT once its exp has passed")},
         {.id = "m2m.not-yet-valid",
          .title = "A JWT that is issued in the future must be refused",
          .run = refused(not_yet_valid,
                         "refuse a JWT whose iat is in the future, beyond a minute or so for "
                         "clocks that differ")},
         {.id = "m2m.iat-before-certificate",
          .title = "A JWT from before its certificate must be refused",
          .requirements = {adds("CLOUD-M2M")},
          .run = refused(before_its_certificate, "refuse a JWT whose iat lies before the notBefore of its certificate"),
          .needs = {young_signing_certificate()}},
         {.id = "m2m.kid",
          .title = "A JWT whose header kid is not M2M must be refused",
          .run = refused(other_kids, "refuse a JWT whose header kid is not exactly M2M")},
         {.id = "m2m.issuer-checked",
          .title = "A JWT of another issuer must be refused",
          .run = refused(other_issuer, "refuse a JWT whose iss is not the one agreed for its certificate")},
         {.id = "m2m.start-logon-applies",
          .title = "The delegations of the user in startLogon must apply",
          .requirements = {decides("CLOUD-M2M"), adds("DELEG-SCOPE")},
          .run = refused(other_start_logon, "apply the delegations of the user whom startLogon names, not the owner's"),
          .needs = {refused_logon()}}});
}

}  // namespace gateproof::suites
