// IRD-NUMBER, TDS-NO-TOKEN, CERT-TDS-SEPARATE: what single services refuse by their contract.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "harness/run/context.hpp"
#include "harness/run/tokens.hpp"
#include "suites/gateway/permission/numbers.hpp"
#include "suites/gateway/permission/suite.hpp"
#include "suites/shared/failures.hpp"
#include "suites/shared/subjects.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using Kind = PermissionCase::Kind;

/// Cases that are served, read, and have an IRD number in them; the first of each error model.
CaseList number_cases(const Profile& profile) {
    CaseList chosen;
    for (const PermissionCase* const one : cases_of(profile, Kind::own)) {
        const Operation* const operation = operation_of_case(profile, *one);
        const ErrorModel* const model = profile.permissions.model_of(*one);
        const bool known =
            std::ranges::any_of(chosen, [one](const PermissionCase* other) { return other->error == one->error; });
        if (!known && operation != nullptr && only_reads(*operation) && model != nullptr && model->invalid_number &&
            one->subject != "m2m" && with_number(one->with, "") != one->with) {
            chosen.push_back(one);
        }
    }
    return chosen;
}

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

/// The model, in which whatever it says of this number is a refusal of it.
ErrorModel refusing_number(const ErrorModel& model) {
    ErrorModel expected = expecting(model, *model.invalid_number);
    for (const auto& reason : {model.unknown, model.invalid_message}) {
        expected = reason ? expecting(std::move(expected), *reason) : expected;
    }
    return expected;
}

awaitable<Verdict> invalid_number(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *number_cases(profile).at(ctx.case_index());
    const ErrorModel& model = *profile.permissions.model_of(one);
    const ErrorModel expected = refusing_number(model);
    const AskedCase own = co_await ask_as_it_stands(ctx, one);
    if (!own.credential.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", own.credential.problem);
    }
    Failures failures;
    std::string told;
    for (const NobodysNumber& number : nobodys_numbers) {
        const Placeholders with = with_number(one.with, number.digits);
        const Operation operation = operation_of(profile, one, with, own.credential.authorization);
        const Tries tries = co_await try_refused(ctx, operation, own.credential.identity, expected);
        Answer shape{};
        if (number.wrong_digit && tries.is_refusal(Reading::documented)) {
            shape = co_await ask_and_read(ctx, operation, own.credential.identity, expected);
        }
        failures.add(judge_invalid_number(own.good, tries, shape, number, model));
        told += fmt::format("{}{}: {}", told.empty() ? "" : "; ", number.what, tries.summary());
        if (!own.good.served()) {
            break;
        }
    }
    std::optional<Verdict> worst = std::move(failures).verdict();
    co_return worst ? std::move(*worst) : Verdict::pass("what is no IRD number is refused ({})", told);
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
    return checks(
        {.intrusiveness = Intrusiveness::active, .channels = {Channel::cloud}},
        {{.id = "permission.invalid-number-refused",
          .title = "What is no IRD number must be refused as such",
          .requirements = {decides("IRD-NUMBER")},
          .run = invalid_number,
          .needs = {case_among<number_cases>(
              "read by IRD number",
              "needs a read that names an IRD number, of a service that says how it refuses a wrong one (error customer, "
              "income, document or irv); give permissions.cases one of kind own with \"with\": {\"ird\": ...} in the "
              "profile")},
          .cases = cases_as_described<number_cases>},
         {.id = "permission.tds-token-refused",
          .title = "Summary and batch of TDS must refuse an access token",
          .requirements = {decides("TDS-NO-TOKEN")},
          .run = tds_token,
          .mock_lacks = no_client_certificates,
          .needs = {case_among<tokenless_cases>("request for summary or batch of TDS", lacks_tds_case), tds_identity(),
                    any_token()},
          .cases = cases_as_described<tokenless_cases>},
         {.id = "permission.tds-general-certificate-refused",
          .title = "Summary and batch of TDS must be refused under the general certificate",
          .requirements = {decides("CERT-TDS-SEPARATE")},
          .run = tds_general_certificate,
          .mock_lacks = no_client_certificates,
          .needs = {case_among<tds_cases>("request for summary or batch of TDS", lacks_tds_case), tds_identity(),
                    enrolled_identity(), separate_certificate_required()},
          .cases = cases_as_described<tds_cases>}});
}

}  // namespace gateproof::suites
