// CLOUD-MTLS-IDENTIFIES: a token belongs to the software provider whose certificate it was obtained with.
#include "harness/run/context.hpp"
#include "harness/run/tokens.hpp"
#include "suites/gateway/permission/needs.hpp"
#include "suites/gateway/permission/suite.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/needs.hpp"
#include "suites/shared/subjects.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

/// A's token under B's certificate.
awaitable<Verdict> token_under_other_certificate(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *token_cases(profile).at(ctx.case_index());
    const CaseAnswer own = co_await ask_case(ctx, one);
    if (!own.problem.empty()) {
        co_return Verdict::inconclusive("there is no token to try: {}", own.problem);
    }
    const std::shared_ptr<const Identity> second = ctx.identity("second");
    const HttpOutcome itself = co_await ask(ctx, profile.control_operation(), second);
    if (!itself.served(profile.control_operation())) {
        co_return Verdict::inconclusive("a refusal proves nothing: the second certificate is not served by itself ({})",
                                        itself.summary());
    }
    const AccessToken token = co_await ctx.access_token(one.subject);
    const Operation operation = operation_of(profile, one, "Bearer " + token.value);
    const ErrorModel& model = *profile.permissions.model_of(one);
    const Tries tries = co_await try_refused(ctx, operation, second, model);
    co_return judge_bad_credential(own.reading, tries, "under the certificate of another software provider",
                                   "bind each token to the client certificate of the provider it was issued to "
                                   "(RFC 8705), or compare the token's client with the certificate's name");
}

}  // namespace

std::vector<Check> permission_binding_checks() {
    return checks({.requirements = {adds("CLOUD-MTLS-IDENTIFIES")},
                   .intrusiveness = Intrusiveness::active,
                   .channels = {Channel::cloud},
                   .environments = mtls_environments(),
                   .needs = {enrolled_identity(), second_identity()}},
                  {{.id = "permission.token-under-other-certificate",
                    .title = "A token must be refused under the certificate of another software provider",
                    .run = token_under_other_certificate,
                    .needs = {token_case(), token_of_first_case()},
                    .cases = on_each_model}});
}

}  // namespace gateproof::suites
