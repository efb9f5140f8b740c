// CLOUD-M2M: where a JWT may be used: on the cloud channel, under the certificate of its own software provider.
#include <utility>

#include "harness/run/context.hpp"
#include "suites/gateway/m2m/needs.hpp"
#include "suites/gateway/m2m/suite.hpp"
#include "suites/shared/needs.hpp"
#include "suites/shared/subjects.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

/// IA 2.4: machines call on port 4046. The same JWT, good there, opens nothing on the desktop channel.
awaitable<Verdict> refused_on_desktop(Context& ctx) {
    const Profile& profile = ctx.profile();
    const Machine& machine = *profile.machine;
    const TimeSpan now = co_await ctx.times();
    const std::string token = machine_token(machine, now).value_or("");
    const Answer good = co_await ask_as_machine(ctx, token);
    if (!good.served()) {
        co_return Verdict::inconclusive("the JWT is not served on the cloud channel itself: {}", good.summary);
    }
    const ErrorModel& model = *profile.permissions.model(machine.desktop_error);
    std::vector<Trial> trials;
    for (const auto& [header, how] :
         {std::pair{token, "bare"}, std::pair{"Bearer " + token, "behind the word Bearer"}}) {
        const Operation operation = addressed(profile.operations.at(machine.desktop_operation), machine.with, header);
        const Tries tries = co_await try_refused(ctx, operation, nullptr, model, &profile.desktop->endpoint);
        trials.emplace_back(how, tries);
        if (!tries.is_refusal(Reading::documented)) {
            break;
        }
    }
    const Words words{"the JWT of a machine on the desktop channel", "the same JWT on the cloud channel"};
    co_return judge_refused(
        good, trials, words,
        "take machines' JWTs on the cloud channel alone, where a client certificate stands beside them",
        Reading::documented);
}

/// CLOUD-MTLS-IDENTIFIES: the client certificate says who calls; a JWT of A does not come from B.
awaitable<Verdict> other_certificate(Context& ctx) {
    const Profile& profile = ctx.profile();
    const TimeSpan now = co_await ctx.times();
    const std::string token = machine_token(*profile.machine, now).value_or("");
    const Answer good = co_await ask_as_machine(ctx, token);
    const std::shared_ptr<const Identity> second = ctx.identity("second");
    const HttpOutcome itself = co_await ask(ctx, profile.control_operation(), second);
    if (!itself.served(profile.control_operation())) {
        co_return Verdict::inconclusive(
            "the other certificate is not served by itself, so a refusal proves nothing: {}", itself.summary());
    }
    const Operation operation = machine_operation(profile, token);
    const ErrorModel& model = *profile.permissions.model(profile.machine->error);
    const Tries tries = co_await try_refused(ctx, operation, second, model);
    const std::vector<Trial> trials{{"under the certificate of another software provider", tries}};
    const Words words{"the JWT", "the JWT under its own certificate"};
    co_return judge_refused(good, trials, words,
                            "bind each registration to the client certificate of its software provider",
                            Reading::documented);
}

}  // namespace

std::vector<Check> m2m_channel_checks() {
    CheckFamily family = m2m_family();
    family.mock_lacks = no_checks_of_machine_tokens;
    return checks(
        family, {{.id = "m2m.refused-on-desktop",
                  .title = "The desktop channel must take no machine's JWT",
                  .run = refused_on_desktop,
                  .needs = {desktop_operation()}},
                 {.id = "m2m.other-certificate-refused",
                  .title = "A JWT must be refused under the certificate of another software provider",
                  // No published text binds a registration to a client certificate: it makes the requirement stricter.
                  .requirements = {adds("CLOUD-M2M"), adds("CLOUD-MTLS-IDENTIFIES")},
                  .run = other_certificate,
                  .needs = {second_identity()}}});
}

}  // namespace gateproof::suites
