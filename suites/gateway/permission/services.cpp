// TDS-NO-TOKEN, CERT-TDS-SEPARATE: what single services refuse by their contract.
#include <utility>

#include "harness/run/context.hpp"
#include "harness/run/tokens.hpp"
#include "suites/gateway/permission/suite.hpp"
#include "suites/shared/subjects.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using Kind = PermissionCase::Kind;

CaseList tds_cases(const Profile& profile) {
    CaseList chosen;
    for (const PermissionCase* const one : cases_of(profile, Kind::own)) {
        const Operation* const operation = operation_of_case(profile, *one);
        if (one->subject == "tds" && operation != nullptr && only_reads(*operation) &&
            profile.permissions.model_of(*one) != nullptr) {
            chosen.push_back(one);
        }
    }
    return chosen;
}

CaseList tokenless_cases(const Profile& profile) {
    CaseList chosen = tds_cases(profile);
    std::erase_if(chosen,
                  [&](const PermissionCase* one) { return !profile.permissions.model_of(*one)->unwanted_token; });
    return chosen;
}

/// A user whose token is good: the first case's, or "user".
std::string any_user(const Profile& profile) {
    const CaseList cases = token_cases(profile);
    return cases.empty() ? "user" : cases.front()->subject;
}

awaitable<Verdict> tds_token(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *tokenless_cases(profile).at(ctx.case_index());
    const ErrorModel& model = *profile.permissions.model_of(one);
    std::string role = any_user(profile);
    const AccessToken token = co_await ctx.access_token(std::move(role));
    if (!token.ok()) {
        co_return Verdict::inconclusive("there is no token to send: {}", token.problem);
    }
    const Credential credential = co_await credential_of(ctx, one.subject);
    const Operation bare = operation_of(profile, one, credential.authorization);
    const Answer good = co_await ask_and_read(ctx, bare, credential.identity, model);
    const Operation operation = operation_of(profile, one, "Bearer " + token.value);
    const Tries tries = co_await try_refused(ctx, operation, credential.identity, model);
    const Answer shape = co_await ask_and_read(ctx, operation, credential.identity, model);
    co_return judge_refused_for(
        good, tries, shape,
        {.what = "a request with an access token",
         .reason = *model.unwanted_token,
         .remedy = "let the client certificate alone open this operation: a user's token has no say in it",
         .remedy_of_another =
             "refuse it with the documented code: with another, people look for a fault in the token"});
}

awaitable<Verdict> tds_general_certificate(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *tds_cases(profile).at(ctx.case_index());
    const ErrorModel& model = *profile.permissions.model_of(one);
    const std::shared_ptr<const Identity> separate = ctx.identity("tds");
    const std::shared_ptr<const Identity> general = ctx.identity("enrolled");
    const Operation operation = operation_of(profile, one, {});
    const Answer good = co_await ask_and_read(ctx, operation, separate, model);
    const Tries tries = co_await try_refused(ctx, operation, general, model);
    const std::vector<Trial> trials{{"under the general certificate", tries}};
    const Words words{"the request", "the one under the certificate for TDS"};
    co_return judge_refused(good, trials, words,
                            "serve summary and batch under the certificate that was enrolled for them alone; where the "
                            "general one was enrolled for them as well, which one text allows, give "
                            "client_certificate.tds: recommended in the profile",
                            Reading::documented);
}

Need tds_identity() {
    return need("TDS identity", "needs the certificate for summary and batch requests of TDS; give identities.tds",
                [](const Profile& profile) { return profile.identity("tds") != nullptr; });
}

Need any_token() {
    return {"token of a user", [](const Profile& profile) { return token_unmet(profile, any_user(profile)); }};
}

/// Where one text alone counts, by which the separate certificate is a recommendation, nothing is to be refused.
Need separate_certificate_required() {
    return {
        "a certificate for TDS alone",
        [](const Profile& profile) {
            return profile.client_certificate.tds == TdsCertificate::required
                       ? std::string()
                       : "client_certificate.tds says that a certificate of its own is recommended for TDS, and not "
                         "required";
        },
        Skip::not_applicable};
}

constexpr std::string_view lacks_tds_case =
    "needs a request for the summary or the batch of TDS; give operations \"tds-summary\": {\"method\": \"GET\", "
    "\"path\": \"/gateway/tds/summary\"} and permissions.cases {\"name\": \"tds-summary\", \"kind\": \"own\", "
    "\"subject\": \"tds\", \"operation\": \"tds-summary\", \"error\": \"tds\"} in the profile";

}  // namespace

std::vector<Check> permission_service_checks() {
    return checks({.intrusiveness = Intrusiveness::active, .channels = {Channel::cloud}},
                  {{.id = "permission.tds-token-refused",
                    .title = "Summary and batch of TDS must refuse an access token",
                    .requirements = {decides("TDS-NO-TOKEN")},
                    .run = tds_token,
                    .mock_lacks = no_client_certificates,
                    .needs = {case_among<tokenless_cases>("request for summary or batch of TDS", lacks_tds_case),
                              tds_identity(), any_token()},
                    .cases = cases_as_described<tokenless_cases>},
                   {.id = "permission.tds-general-certificate-refused",
                    .title = "Summary and batch of TDS must be refused under the general certificate",
                    .requirements = {decides("CERT-TDS-SEPARATE")},
                    .run = tds_general_certificate,
                    .mock_lacks = no_client_certificates,
                    .needs = {case_among<tds_cases>("request for summary or batch of TDS", lacks_tds_case),
                              tds_identity(), enrolled_identity(), separate_certificate_required()},
                    .cases = cases_as_described<tds_cases>}});
}

}  // namespace gateproof::suites
