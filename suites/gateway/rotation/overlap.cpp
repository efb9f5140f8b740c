// The new certificate in use, and both beside each other for as long as is declared.
#include "harness/run/context.hpp"
#include "suites/gateway/mtls/suite.hpp"
#include "suites/gateway/rotation/suite.hpp"
#include "suites/gateway/rotation/judge.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

awaitable<Verdict> new_served(Context& ctx) {
    const Operation& operation = ctx.profile().control_operation();
    const std::shared_ptr<const Identity> fresh = ctx.identity(ctx.profile().rotation->new_role);
    TriedRequest tried;
    while (!tried.tries.decided()) {
        tried.outcome = co_await send_as(ctx, operation, fresh);
        tried.tries.add(try_end_of(tried.outcome), tried.outcome.summary());
    }
    note_tries(ctx, tried.tries);
    co_return judge_new_served(tried, operation);
}

awaitable<TriedIdentity> try_who(Context& ctx, std::shared_ptr<const Identity> identity) {
    TriedIdentity tried;
    while (!tried.tries.decided()) {
        IdentityAnswer answer = co_await ask_who(ctx, identity);
        tried.tries.add(try_end_of(answer.outcome), answer.outcome.summary());
        tried.outcome = std::move(answer.outcome);
        tried.name = std::move(answer.name);
    }
    note_tries(ctx, tried.tries);
    co_return tried;
}

awaitable<BothAnswers> ask_both(Context& ctx) {
    const RotationExpectations& rotation = *ctx.profile().rotation;
    const std::shared_ptr<const Identity> old = ctx.identity(rotation.old_role);
    std::shared_ptr<const Identity> fresh = ctx.identity(rotation.new_role);
    BothAnswers answers;
    answers.old = co_await try_who(ctx, old);
    answers.fresh = co_await try_who(ctx, std::move(fresh));
    answers.old_again = co_await try_who(ctx, old);
    for (const auto& [role, answer] : {std::pair{"old", &answers.old}, std::pair{"new", &answers.fresh}}) {
        ctx.evidence()
            .add("rotation_identity")
            .with("certificate", role)
            .with("named", answer->name ? std::string_view(*answer->name) : std::string_view("nobody"));
    }
    co_return answers;
}

awaitable<Verdict> same_identity(Context& ctx) {
    const Profile& profile = ctx.profile();
    const RotationExpectations& rotation = *profile.rotation;
    const std::string common_name =
        rotation.common_name.empty() ? ctx.identity(rotation.old_role)->leaf.common_name() : rotation.common_name;
    const BothAnswers answers = co_await ask_both(ctx);
    co_return judge_same_identity(answers, revealing_operation(profile), rotation.known_as, common_name);
}

awaitable<Verdict> overlap(Context& ctx) {
    const BothAnswers answers = co_await ask_both(ctx);
    co_return judge_overlap(answers, revealing_operation(ctx.profile()), ctx.profile().rotation->overlap);
}

std::string not_enrolled_yet(const Profile& profile) {
    std::string lack = no_rotation(profile);
    if (lack.empty() && profile.rotation->moment == RotationMoment::before) {
        return "the endpoint does not know the new certificate yet (rotation.moment is before); needs moment during or "
               "after";
    }
    return lack;
}

std::string not_during(const Profile& profile) {
    std::string lack = no_rotation(profile);
    if (lack.empty() && profile.rotation->moment != RotationMoment::during) {
        return "concerns the time between enrolment and cut-over; needs rotation.moment during";
    }
    return lack;
}

}  // namespace

std::vector<Check> rotation_overlap_checks() {
    // Each of these observes a success itself, of the certificates that it speaks of.
    Check common;
    common.requirements = {"ROTATION"};
    common.control = Control::none;
    common.channels = {Channel::cloud};
    common.environments = mtls_environments();
    common.sends = &revealing_sent;
    Check served = common;
    served.id = "rotation.new-served";
    served.title = "The new certificate is served";
    served.run = &new_served;
    served.unmet = &not_enrolled_yet;
    Check same = common;
    same.id = "rotation.same-identity";
    same.title = "Under the new certificate we are the same client as before";
    same.run = &same_identity;
    same.needs = {Need::identity_operation};
    same.unmet = &not_enrolled_yet;
    Check both = common;
    both.id = "rotation.overlap";
    both.title = "Old and new certificate overlap as declared";
    both.run = &overlap;
    both.unmet = &not_during;
    return {served, same, both};
}

}  // namespace gateproof::suites
