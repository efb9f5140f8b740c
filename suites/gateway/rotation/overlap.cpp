// The new certificate in use, and both beside each other for as long as is declared.
#include "harness/run/context.hpp"
#include "suites/gateway/rotation/baseline.hpp"
#include "suites/gateway/rotation/judge.hpp"
#include "suites/gateway/rotation/needs.hpp"
#include "suites/gateway/rotation/suite.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

awaitable<Look> look_at_new(Context& ctx) {
    const Operation& operation = ctx.profile().control_operation();
    const std::shared_ptr<const Identity> fresh = ctx.identity_named(ctx.profile().rotation->new_role);
    TriedRequest tried{{}, Tries(Tries::Ask::for_service)};
    while (!tried.tries.decided()) {
        HttpOutcome outcome = co_await send_as(ctx, operation, fresh);
        tried.add(std::move(outcome), operation);
    }
    note_tries(ctx, tried.tries);
    co_return Look{judge_new_served(tried, operation, ctx.profile().rotation->moment)};
}

awaitable<TriedIdentity> try_who(Context& ctx, std::shared_ptr<const Identity> identity) {
    TriedIdentity tried;
    while (!tried.tries.decided()) {
        IdentityAnswer answer = co_await ask_who(ctx, identity);
        tried.tries.add(answer_of(answer.outcome, revealing_operation(ctx.profile())));
        tried.outcome = std::move(answer.outcome);
        tried.name = std::move(answer.name);
    }
    note_tries(ctx, tried.tries);
    co_return tried;
}

awaitable<BothAnswers> ask_both(Context& ctx) {
    const RotationExpectations& rotation = *ctx.profile().rotation;
    const std::shared_ptr<const Identity> old = ctx.identity_named(rotation.old_role);
    std::shared_ptr<const Identity> fresh = ctx.identity_named(rotation.new_role);
    BothAnswers answers;
    answers.old = co_await try_who(ctx, old);
    answers.fresh = co_await try_who(ctx, std::move(fresh));
    answers.old_again = co_await try_who(ctx, old);
    for (const auto& [role, answer] : {std::pair{"old", &answers.old}, std::pair{"new", &answers.fresh}}) {
        ctx.evidence()
            .add(rotation_identity::kind)
            .with("certificate", role)
            .with(rotation_identity::named, answer->name ? std::string_view(*answer->name) : rotation_identity::nobody);
    }
    co_return answers;
}

awaitable<Look> look_at_identities(Context& ctx) {
    const Profile& profile = ctx.profile();
    const RotationExpectations& rotation = *profile.rotation;
    const std::string common_name =
        rotation.common_name.empty() ? ctx.identity_named(rotation.old_role)->leaf.common_name() : rotation.common_name;
    const BothAnswers answers = co_await ask_both(ctx);
    const bool nobody = !answers.fresh.name;  // whom it is taken for is no matter of time
    co_return Look{judge_same_identity(answers, revealing_operation(profile), rotation.known_as, common_name), nobody};
}

awaitable<Look> look_at_overlap(Context& ctx) {
    const BothAnswers answers = co_await ask_both(ctx);
    const Profile& profile = ctx.profile();
    const CertificateTrust trust = certificate_trust(profile);
    std::string old_gone;
    if (trust == CertificateTrust::by_name) {
        const ClockReading reading = co_await ctx.clock();
        const TimeSpan now = reading.span(std::chrono::system_clock::now());
        const std::shared_ptr<const Identity> old = ctx.identity_named(profile.rotation->old_role);
        old_gone = cut_over_of(*old, trust, false, {}, now.earliest).refused_because;
        if (old_gone != cut_over_of(*old, trust, false, {}, now.latest).refused_because) {
            co_return Look{Verdict::inconclusive("whether the old certificate has expired depends on the clock: {}",
                                                 reading.difference)};
        }
    }
    co_return Look{judge_overlap(answers, revealing_operation(profile), profile.rotation->overlap, trust, old_gone)};
}

}  // namespace

std::vector<Check> rotation_overlap_checks() {
    return checks(certificate_rotation(), {{.id = "rotation.new-served",
                                            .title = "The new certificate must be served",
                                            .run = while_cut_over(look_at_new),
                                            .needs = {enrolled_new_certificate()},
                                            .deadline = with_time_to_cut_over(),
                                            .sends = revealing_sent},
                                           {.id = "rotation.same-identity",
                                            .title = "Under the new certificate we must be the same client as before",
                                            .run = while_cut_over(look_at_identities),
                                            .needs = {identity_operation(), enrolled_new_certificate()},
                                            .deadline = with_time_to_cut_over(),
                                            .sends = revealing_sent},
                                           {.id = "rotation.overlap",
                                            .title = "Old and new certificate must overlap as declared",
                                            .requirements = {adds("ROTATION")},
                                            .run = while_cut_over(look_at_overlap),
                                            .needs = {running_overlap()},
                                            .deadline = with_time_to_cut_over(),
                                            .sends = revealing_sent}});
}

}  // namespace gateproof::suites
