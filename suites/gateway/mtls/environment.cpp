// GEN-CERT-PER-ENV and MOCK-NO-MTLS: which environment wants which certificate.
#include "harness/run/context.hpp"
#include "suites/gateway/mtls/suite.hpp"
#include "suites/shared/callers.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

awaitable<Verdict> other_environment_refused(Context& ctx) {
    std::shared_ptr<const Identity> other = ctx.identity("other_environment");
    if (same_certificate(*other, *ctx.identity("enrolled"))) {
        co_return Verdict::skipped("identities.other_environment and identities.enrolled are the same certificate");
    }
    const Operation& operation = ctx.profile().control_operation();
    const std::vector<VersionOutcome> outcomes = co_await try_under_versions(ctx, operation, std::move(other));
    co_return judge_refused(outcomes, operation, "with a certificate that another environment has enrolled",
                            "enrol in each environment only the certificates that were exchanged for it");
}

awaitable<Verdict> mock_serves_without_certificate(Context& ctx) {
    std::string who = "without a client certificate,";
    co_return co_await served_as(ctx, nullptr, std::move(who));
}

}  // namespace

std::vector<Check> mtls_environment_checks() {
    Check other;
    other.id = "mtls.other-environment-refused";
    other.title = "A certificate of another environment is refused";
    other.requirements = {"GEN-CERT-PER-ENV"};
    other.run = &other_environment_refused;
    other.channels = {Channel::cloud};
    other.environments = mtls_environments();
    other.needs = {Need::enrolled_identity, Need::other_environment_identity};
    Check mock;
    mock.id = "mtls.mock-serves-without-certificate";
    mock.title = "The mock serves clients without a certificate";
    mock.requirements = {"MOCK-NO-MTLS"};
    mock.run = &mock_serves_without_certificate;
    mock.control = Control::none;
    mock.sends = &control_sent;
    mock.channels = {Channel::cloud};
    mock.environments = {Environment::mock};
    return {other, mock};
}

}  // namespace gateproof::suites
