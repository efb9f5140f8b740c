// M2M-SERVICES: services that are published to take no machine's JWT.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "harness/run/context.hpp"
#include "harness/run/tokens.hpp"
#include "harness/text/ascii.hpp"
#include "suites/gateway/m2m/needs.hpp"
#include "suites/gateway/m2m/suite.hpp"
#include "suites/shared/needs.hpp"
#include "suites/shared/subjects.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using CaseList = std::vector<const PermissionCase*>;

/// By the paths of IA 2.4, BILL and TDS: Returns, Employment and both intermediations are those of SOAP.
bool takes_no_machine(std::string_view path) {
    constexpr std::array<std::string_view, 3> services{"/gws/", "/bill/", "/tds/"};
    const std::string lower = lower_case(path);
    return std::ranges::any_of(services, [&lower](std::string_view one) { return lower.find(one) != lower.npos; });
}

/// Reads that a user's token opens, the first of each error model: beside a service a refusal counts.
CaseList cases_without_machines(const Profile& profile) {
    CaseList chosen;
    for (const PermissionCase& one : profile.permissions.cases) {
        const auto operation = profile.operations.find(one.operation);
        const bool fits = one.kind == PermissionCase::Kind::own && one.of_user() &&
                          operation != profile.operations.end() && only_reads(operation->second) &&
                          takes_no_machine(operation->second.path);
        const bool first =
            std::ranges::none_of(chosen, [&one](const PermissionCase* other) { return other->error == one.error; });
        if (fits && first) {
            chosen.push_back(&one);
        }
    }
    return chosen;
}

std::vector<CheckCase> described(const Profile& profile) {
    std::vector<CheckCase> cases;
    for (const PermissionCase* const one : cases_without_machines(profile)) {
        const Operation& operation = profile.operations.at(one->operation);
        cases.push_back({one->name, "m2m: " + operation.method + " " + operation.path + " (" + one->name + ")",
                         token_unmet(profile, one->subject)});
    }
    return cases;
}

awaitable<Verdict> other_service(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *cases_without_machines(profile).at(ctx.case_index());
    const ErrorModel& model = *profile.permissions.model_of(one);
    const CaseAnswer user = co_await ask_case(ctx, one);
    if (!user.problem.empty()) {
        co_return Verdict::inconclusive("nothing shows that the service serves anybody: {}", user.problem);
    }
    const TimeSpan now = co_await ctx.times();
    const std::string token = machine_token(*profile.machine, now).value_or("");
    const Answer good = co_await ask_as_machine(ctx, token);
    if (!good.served()) {
        co_return Verdict::inconclusive("the JWT is not served where it is to be either: {}", good.summary);
    }
    std::vector<Trial> trials;
    for (const auto& [header, how] :
         {std::pair{token, "bare"}, std::pair{"Bearer " + token, "behind the word Bearer"}}) {
        const Operation operation = operation_of(profile, one, header);
        const Tries tries = co_await try_refused(ctx, operation, ctx.serving_identity(), model);
        trials.emplace_back(how, tries);
        if (!tries.is_refusal(Reading::documented)) {
            break;
        }
    }
    const Words words{"the JWT of a machine", "a user's token"};
    co_return judge_refused(user.reading, trials, words,
                            "take machines' JWTs at the services that are published to take them alone: others show "
                            "and change what a user has to have logged in for",
                            Reading::documented);
}

}  // namespace

std::vector<Check> m2m_service_checks() {
    CheckFamily family = m2m_family();
    family.mock_lacks = no_checks_of_machine_tokens;
    return checks(
        family,
        {{.id = "m2m.other-services-refused",
          .title = "Services that are published to take no machine's JWT must refuse one",
          .requirements = {decides("M2M-SERVICES")},
          .run = other_service,
          .needs = {need("read of a service without machines",
                         "needs a read of Returns, Employment, Intermediation, Bill or TDS that a user's token opens; "
                         "give permissions.cases one of kind own, whose operation has reads: true, in the profile",
                         [](const Profile& profile) { return !cases_without_machines(profile).empty(); })},
          .cases = described}});
}

}  // namespace gateproof::suites
