#include "suites/gateway/m2m/suite.hpp"

#include <utility>

#include "harness/run/context.hpp"
#include "suites/gateway/m2m/needs.hpp"
#include "suites/shared/explanations.hpp"
#include "suites/shared/subjects.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

std::string with_causes(std::string remedy, const Profile& profile, const Answer& answer) {
    RefusedCall call;
    call.answer = answer;
    call.with = profile.machine->with;
    call.body = machine_operation(profile, {}).body;
    const std::string causes = explained(call, profile.permissions.causes);
    return causes.empty() ? remedy : remedy + ". " + causes;
}

/// IA 2.4: the machine's JWT is served; whether bare is judged by m2m.bare-header. The build packs differ in its form,
/// and the profile says which of them is meant.
awaitable<Verdict> valid_served(Context& ctx) {
    const TimeSpan now = co_await ctx.times();
    const std::string token = machine_token(*ctx.profile().machine, now).value_or("");
    const Answer bare = co_await ask_as_machine(ctx, token);
    if (bare.served()) {
        co_return Verdict::pass("served a good JWT ({})", bare.summary);
    }
    if (!bare.refused()) {
        co_return Verdict::inconclusive("{}, which is neither service nor a refusal", bare.summary);
    }
    for (MachineForm& form : other_forms(*ctx.profile().machine)) {
        const Answer answer = co_await ask_as_machine(ctx, machine_token(form.machine, now).value_or(""));
        if (answer.served()) {
            co_return Verdict::warning(
                "the JWT was refused ({}), and served in another form that is published: {} ({})", bare.summary,
                form.what, answer.summary)
                .remedy(
                    "give that form in the profile (m2m.subject, m2m.start_logon), so that the other checks of JWTs can "
                    "be judged, and see that your software makes it");
        }
    }
    co_return Verdict::fail("a good JWT was answered with {}, in each of the published forms", bare.summary)
        .remedy(with_causes(
            "see that the certificate's thumbprint is registered for this environment, that m2m.issuer is what was "
            "agreed, and that the owner may use the operation",
            ctx.profile(), bare));
}

/// IA 2.4: the JWT is the whole value of the header; the word Bearer belongs to access tokens.
awaitable<Verdict> bare_header(Context& ctx) {
    const TimeSpan now = co_await ctx.times();
    const std::string token = machine_token(*ctx.profile().machine, now).value_or("");
    const Answer bare = co_await ask_as_machine(ctx, token);
    const Answer bearer = co_await ask_as_machine(ctx, "Bearer " + token);
    if (bare.served()) {
        co_return Verdict::pass("served bare ({}); behind the word Bearer: {}", bare.summary, bearer.summary);
    }
    if (bearer.served()) {
        co_return Verdict::fail("a JWT is served behind the word Bearer alone; bare it was answered with {}",
                                bare.summary)
            .remedy("take the JWT of a machine as the whole value of Authorization, as it is documented (IA 2.4)");
    }
    co_return Verdict::inconclusive("served neither bare ({}) nor behind the word Bearer ({})", bare.summary,
                                    bearer.summary);
}

awaitable<Verdict> all_refused(Context& ctx, MakeBadTokens* make, std::string_view remedy) {
    const TimeSpan now = co_await ctx.times();
    BadTokens made = make(*ctx.profile().machine, now);
    if (made.tokens.empty()) {
        co_return Verdict::not_tried("{}", made.none_because);
    }
    const std::string own = machine_token(*ctx.profile().machine, now).value_or("");
    const Answer good = co_await ask_as_machine(ctx, own);
    std::vector<Trial> bad;
    for (BadToken& token : made.tokens) {
        if (!good.served()) {
            break;
        }
        Tries tries = co_await try_as_machine(ctx, std::move(token.text));
        bad.emplace_back(std::move(token.what), std::move(tries));
    }
    const Answer again = co_await ask_as_machine(ctx, own);
    co_return judge_bad_tokens(good, bad, again, std::string(remedy));
}

const ErrorModel& machine_errors(const Profile& profile) {
    return *profile.permissions.model(profile.machine->error);
}

/// The machine's operation with this token, which is kept out of every output.
Operation machine_call(Context& ctx, const std::string& token) {
    ctx.keep_secret(token);
    return machine_operation(ctx.profile(), token);
}

}  // namespace

CheckFamily m2m_family() {
    return {.requirements = {decides("CLOUD-M2M")},
            .intrusiveness = Intrusiveness::active,
            .channels = {Channel::cloud},
            .needs = {signing_machine()}};
}

Operation machine_operation(const Profile& profile, const std::string& authorization) {
    const Machine& machine = *profile.machine;
    return addressed(profile.operations.at(machine.operation), machine.with, authorization);
}

awaitable<Answer> ask_as_machine(Context& ctx, std::string token) {
    const Operation operation = machine_call(ctx, token);
    co_return co_await ask_and_read(ctx, operation, ctx.serving_identity(), machine_errors(ctx.profile()));
}

awaitable<Tries> try_as_machine(Context& ctx, std::string token) {
    const Operation operation = machine_call(ctx, token);
    co_return co_await try_refused(ctx, operation, ctx.serving_identity(), machine_errors(ctx.profile()));
}

Verdict judge_bad_tokens(const Answer& good, const std::vector<Trial>& bad, const Answer& again,
                         const std::string& remedy) {
    const Words words{"a JWT", "a good JWT"};
    return judge_refused_between(good, again, bad, words, remedy, Reading::documented);
}

GatewayCheck refused(MakeBadTokens* make, std::string_view remedy) {
    return [make, remedy](Context& ctx) { return all_refused(ctx, make, remedy); };
}

Suite m2m_suite() {
    Suite suite{"m2m", "Machine-to-machine JWT",
                checks(m2m_family(), {{.id = "m2m.valid-served",
                                       .title = "A good JWT must be served",
                                       .run = valid_served,
                                       .intrusiveness = Intrusiveness::passive,
                                       .control = Control::before},
                                      {.id = "m2m.bare-header",
                                       .title = "The JWT must stand in Authorization without the word Bearer",
                                       .run = bare_header,
                                       .control = Control::before}})};
    for (const auto& part : {m2m_signature_checks(), m2m_claim_checks(), m2m_channel_checks(), m2m_service_checks()}) {
        suite.checks.insert(suite.checks.end(), part.begin(), part.end());
    }
    return suite;
}

}  // namespace gateproof::suites
