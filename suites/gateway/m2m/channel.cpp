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
    const std::string token = machine_token(machine).value_or("");
    const AnswerReading good = co_await ask_as_machine(ctx, token);
    if (!good.served()) {
        co_return Verdict::inconclusive("the JWT is not served on the cloud channel itself: {}", good.summary);
    }
    const ErrorModel& model = profile.permissions.errors.at(machine.error);
    for (const std::string& header : {token, "Bearer " + token}) {
        const Operation operation = addressed(profile.operations.at(machine.desktop_operation), machine.with, header);
        HttpRequest request = ctx.request_of(operation);
        request.endpoint = profile.desktop->endpoint;
        request.answer_is_private = true;
        request.trust = ctx.trust_for(request.endpoint);
        const HttpOutcome outcome = co_await ctx.http(std::move(request));
        const AnswerReading answer = read_answer(outcome, operation, model);
        if (answer.served()) {
            co_return Verdict::fail("the desktop channel serves the JWT of a machine: {}", answer.summary)
                .remedy(
                    "take machines' JWTs on the cloud channel alone, where a client certificate stands beside them");
        }
        // Without an answer there is no proof that anybody is there to refuse.
        if (!answer.refused() || answer.status == 0) {
            co_return Verdict::inconclusive("the desktop channel gives no answer to judge: {}", answer.summary);
        }
    }
    co_return Verdict::pass("served on the cloud channel, refused on the desktop one");
}

/// CLOUD-MTLS-IDENTIFIES: the client certificate says who calls; a JWT of A does not come from B.
awaitable<Verdict> other_certificate(Context& ctx) {
    const Profile& profile = ctx.profile();
    const std::string token = machine_token(*profile.machine).value_or("");
    const AnswerReading good = co_await ask_as_machine(ctx, token);
    const std::shared_ptr<const Identity> second = ctx.identity("second");
    const HttpOutcome itself = co_await ask(ctx, profile.control_operation(), second);
    if (!good.served() || !itself.served(profile.control_operation())) {
        co_return Verdict::inconclusive(
            "a refusal proves nothing: the JWT under its own certificate {}, the other certificate by itself {}",
            good.summary, itself.summary());
    }
    const Operation operation = machine_operation(profile, token);
    const ErrorModel& model = profile.permissions.errors.at(profile.machine->error);
    const AnswerReading answer = co_await ask_and_read(ctx, operation, second, model);
    if (answer.served()) {
        co_return Verdict::fail("the JWT is served under the certificate of another software provider: {}",
                                answer.summary)
            .remedy("bind each registration to the client certificate of its software provider");
    }
    if (!answer.refused()) {
        co_return Verdict::inconclusive("{}, which is neither service nor a refusal", answer.summary);
    }
    co_return Verdict::pass("served under its own certificate, refused under another enrolled one ({})",
                            answer.summary);
}

}  // namespace

std::vector<Check> m2m_channel_checks() {
    return checks(m2m_family(), {{.id = "m2m.refused-on-desktop",
                                  .title = "The desktop channel must take no machine's JWT",
                                  .run = refused_on_desktop,
                                  .needs = {desktop_operation()}},
                                 {.id = "m2m.other-certificate-refused",
                                  .title = "A JWT must be refused under the certificate of another software provider",
                                  .requirements = {decides("CLOUD-M2M"), adds("CLOUD-MTLS-IDENTIFIES")},
                                  .run = other_certificate,
                                  .needs = {second_identity()}}});
}

}  // namespace gateproof::suites
