// GEN-CERT-PER-ENV and MOCK-NO-MTLS: which environment wants which certificate.
#include <algorithm>
#include <iterator>

#include "harness/run/context.hpp"
#include "suites/gateway/mtls/suite.hpp"
#include "suites/shared/callers.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

awaitable<Verdict> other_environment_refused(Context& ctx) {
    std::shared_ptr<const Identity> other = ctx.identity("other_environment");
    if (same_certificate(*other, *ctx.identity("enrolled"))) {
        co_return Verdict::not_tried("identities.other_environment and identities.enrolled are the same certificate");
    }
    const Operation& operation = ctx.profile().control_operation();
    const std::vector<VersionOutcome> outcomes = co_await try_under_versions(ctx, operation, std::move(other));
    co_return judge_versions_refused(outcomes, operation, "with a certificate that another environment has enrolled",
                                     "enrol in each environment only the certificates that were exchanged for it");
}

}  // namespace

std::vector<Check> mtls_environment_checks() {
    std::vector<Check> made = checks({.requirements = {decides("GEN-CERT-PER-ENV")},
                                      .channels = {Channel::cloud},
                                      .environments = mtls_environments(),
                                      .needs = {enrolled_identity(), other_environment_identity()}},
                                     {{.id = "mtls.other-environment-refused",
                                       .title = "A certificate of another environment must be refused",
                                       .run = other_environment_refused}});
    std::ranges::move(checks({.requirements = {decides("MOCK-NO-MTLS")},
                              .control = Control::none,
                              .channels = {Channel::cloud},
                              .environments = {Environment::mock},
                              .sends = control_sent},
                             {{.id = "mtls.mock-serves-without-certificate",
                               .title = "The mock must serve clients without a certificate",
                               .run = served_without_certificate()}}),
                      std::back_inserter(made));
    return made;
}

}  // namespace gateproof::suites
